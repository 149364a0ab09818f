#include "core/unicode.h"

#include <gmock/gmock.h>

#include <string>

namespace fude {
namespace {

TEST(DecodeUtf8, ReplacesEachBrokenPart) {
  EXPECT_EQ(decode_utf8("a\xFF\xC3z"), U"a\uFFFD\uFFFDz");
  EXPECT_EQ(decode_utf8("\xE3\x81"), U"\uFFFD");
  EXPECT_EQ(decode_utf8("\xF0\x9F\x98\x80猫"), U"😀猫");
}

TEST(EncodeUtf8, ReplacesWhatIsNoCharacter) {
  EXPECT_EQ(encode_utf8(U"é猫😀"), "é猫😀");
  EXPECT_EQ(encode_utf8(std::u32string{0xD800, 0x110000}), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(ToLower, UsesTheFullMapping) {
  EXPECT_EQ(to_lower(U"ABC xyz [@]"), U"abc xyz [@]");
  EXPECT_EQ(to_lower(U"ΟΔΟΣ ΣΑ"), U"οδος σα");
  EXPECT_EQ(to_lower(U"İ"), U"i\u0307");
}

TEST(ToNfc, ComposesInEveryPartOfALongRunOfMarks) {
  EXPECT_EQ(to_nfc(U"e\u0301"), U"é");
  const std::u32string marks(2000, U'\u0301');
  EXPECT_EQ(to_nfc(U"e" + marks), U"é" + marks.substr(1));
}

TEST(ToNfkc, WidensAndNarrows) {
  EXPECT_EQ(to_nfkc(U'Ａ'), U"A");
  EXPECT_EQ(to_nfkc(U'ｶ'), U"カ");
}

TEST(IsSpace, KnowsUnicodeSpaces) {
  for (char32_t c : std::u32string_view(U" \t\n\r\f\v\u001C\u0085\u00A0\u2003\u2028\u3000"))
    EXPECT_TRUE(is_space(c)) << +c;
  for (char32_t c : std::u32string_view(U"a_\u200B\uFEFF\u180E")) EXPECT_FALSE(is_space(c)) << +c;
}

TEST(IsWordCharacter, KnowsLettersNumbersAndUnderscore) {
  for (char32_t c : std::u32string_view(U"a9_é猫²")) EXPECT_TRUE(is_word_character(c)) << +c;
  for (char32_t c : std::u32string_view(U" -,😀\u0301")) EXPECT_FALSE(is_word_character(c)) << +c;
}

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(display_width(U'a'), 1);
  EXPECT_EQ(display_width(U'猫'), 2);
  EXPECT_EQ(display_width(U'Ａ'), 2);
  EXPECT_EQ(display_width(0x0301), 0);
}

TEST(DigitValue, KnowsDigitsOfAllScripts) {
  EXPECT_EQ(digit_value(U'7'), 7);
  EXPECT_EQ(digit_value(U'３'), 3);
  EXPECT_EQ(digit_value(U'x'), -1);
  EXPECT_EQ(digit_value(U'²'), -1);
}

}  // namespace
}  // namespace fude
