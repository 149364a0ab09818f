#include "tokenizers/text_repair.h"

#include <gmock/gmock.h>

#include <string>

#include "core/unicode.h"

namespace fude::tokenizers {
namespace {

std::string repaired(std::string_view text) { return encode_utf8(repair_text(decode_utf8(text))); }

TEST(RepairText, LeavesPlainTextAlone) {
  for (const char* text :
       {"", "1girl, sky, smile", "猫が好き", "café, naïve", "Привет, мир", "x² + y² = 1", "AHÅ™, IKEA®"}) {
    EXPECT_EQ(repaired(text), text);
  }
}

TEST(RepairText, DecodesCharacterReferences) {
  EXPECT_EQ(repaired("fish &amp; chips"), "fish & chips");
  EXPECT_EQ(repaired("&ntilde; &Ntilde; &NTILDE; &nTILDE;"), "ñ Ñ Ñ &nTILDE;");
  EXPECT_EQ(repaired("BUNDESSTRA&SZLIG;E &#x732B; &#229;"), "BUNDESSTRASSE 猫 å");
  EXPECT_EQ(repaired("this&not that &unknown; &#59; &#;"), "this&not that &unknown; &#59; &#;");
  EXPECT_EQ(repaired("&amp;amp;amp;"), "&");
}

TEST(RepairText, LeavesCharacterReferencesFromTheFirstTagOn) {
  EXPECT_EQ(repaired("&amp;\n<b>&amp;\n&amp;"), "&\n<b>&amp;\n&amp;");
}

TEST(RepairText, DecodesTextThatWasReadWithTheWrongCodePage) {
  EXPECT_EQ(repaired("schÃ¶n"), "schön");
  EXPECT_EQ(repaired("âœ” No problems"), "✔ No problems");
  EXPECT_EQ(repaired("&macr;\\_(ã\xC2\x83\xC2\x84)_/&macr;"), "¯\\_(ツ)_/¯");
  EXPECT_EQ(repaired("l’humanitÃ©"), "l'humanité");
  EXPECT_EQ(repaired("ÐŸÑ€Ð¸Ð²ÐµÑ‚"), "Привет");
  EXPECT_EQ(repaired("Î±Î²Î³ and Ã©tÃ©"), "αβγ and été");
}

TEST(RepairText, DecodesTwice) { EXPECT_EQ(repaired("schÃƒÂ¶n"), "schön"); }

TEST(RepairText, DecodesPartsInHealthyText) { EXPECT_EQ(repaired("猫 schÃ¶n 犬"), "猫 schön 犬"); }

TEST(RepairText, PutsLostNoBreakSpacesBack) {
  EXPECT_EQ(repaired("voilÃ le travail"), "voilà le travail");
  EXPECT_EQ(repaired("Ã la mode"), "à la mode");
}

TEST(RepairText, ReadsControlsAsWindowsCharacters) { EXPECT_EQ(repaired("wait\xC2\x85 what"), "wait… what"); }

TEST(RepairText, ReplacesLigaturesWidthsAndQuotes) {
  EXPECT_EQ(repaired("ﬂuﬃeﬆ Ǆ ŉ"), "fluffiest DŽ 'n");
  EXPECT_EQ(repaired("ＬＯＵＤ　ﾀｰﾝ"), "LOUD ターン");
  EXPECT_EQ(repaired("“here’s a ‘test’”"), "\"here's a 'test'\"");
}

TEST(RepairText, RemovesControlsAndTerminalEscapes) {
  EXPECT_EQ(repaired("\x07"
                     "bell\x1b[1;31mred\x1b[0m\x7f\xEF\xBB\xBF"),
            "bellred");
  EXPECT_EQ(repaired(std::string("a\0b", 3)), "ab");
}

TEST(RepairText, UnifiesLineBreaks) {
  EXPECT_EQ(repaired("a\r\nb\rc\xE2\x80\xA8"
                     "d"),
            "a\nb\nc\nd");
}

TEST(RepairText, ComposesAccents) { EXPECT_EQ(repaired("cafe\xCC\x81"), "café"); }

TEST(RepairText, EndsOnAbsurdInput) {
  std::string nested = "&";
  for (int i = 0; i < 100'000; ++i) nested += "amp;";
  EXPECT_LT(repaired(nested).size(), nested.size());

  std::string marks = "a";
  for (int i = 0; i < 50'000; ++i) marks += "\xCC\x81\xCC\xA3";  // an order that normal form C swaps
  EXPECT_GT(repaired(marks).size(), 0u);

  std::string garble;
  for (int i = 0; i < 50'000; ++i) garble += "ÃƒÂ ";
  EXPECT_GT(repaired(garble).size(), 0u);
}

}  // namespace
}  // namespace fude::tokenizers
