#include "tokenizers/mojibake.h"

#include <gmock/gmock.h>

#include <string>

#include "core/unicode.h"

namespace fude::tokenizers {
namespace {

bool is_suspicious(std::string_view text) { return looks_like_mojibake(decode_utf8(text)); }
std::string undone(std::string_view text) { return encode_utf8(undo_mojibake(decode_utf8(text))); }

TEST(LooksLikeMojibake, TrustsWhatPeopleWrite) {
  for (const char* text : {"", "plain", "naïve café, Å", "MARQUÉ…", "4288×…", "∆°", "5×£35", "Привет", "ΟΔΟΣ", "10 Å—",
                           "(-1/2)! = √π", "C O N C L U S Ã O", "猫", "HÅØYA"}) {
    EXPECT_FALSE(is_suspicious(text)) << text;
  }
}

TEST(LooksLikeMojibake, SeesUnlikelyNeighbours) {
  for (const char* text :
       {"Ã©", "â€œ", "Ã ", "a Ã b", "вЂ", "√©", "Ð°Ð±", "×”×•", "\xC2\x85", "aÂ ", "ГўВЂВ№ x", "œ "}) {
    EXPECT_TRUE(is_suspicious(text)) << text;
  }
}

TEST(UndoMojibake, FindsTheCodePage) {
  EXPECT_EQ(undone("Ã‰tÃ©"), "Été");               // Windows-1252
  EXPECT_EQ(undone("Р°Р±Р°"), "аба");              // Windows-1251
  EXPECT_EQ(undone("NĂˇm Ĺˇ"), "Nám š");           // Windows-1250
  EXPECT_EQ(undone("r√©gime"), "régime");          // Mac Roman
  EXPECT_EQ(undone("╨┐╤Ç╨░╨▓╨╕╨╗╤î"), "правиль");  // CP437
}

TEST(UndoMojibake, DecodesAsOftenAsNeeded) { EXPECT_EQ(undone("nÃƒÂ©"), "né"); }

TEST(UndoMojibake, ReadsSurrogatesAsEmoji) { EXPECT_EQ(undone("Hi í\xC2\xA0½í¸\xC2\x8D"), "Hi 😍"); }

TEST(UndoMojibake, LeavesWhatItCannotRead) { EXPECT_EQ(undone("猫 Ã‡a Ã"), "猫 Ça Ã"); }

}  // namespace
}  // namespace fude::tokenizers
