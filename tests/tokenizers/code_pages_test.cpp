#include "tokenizers/code_pages.h"

#include <gmock/gmock.h>

namespace fude::tokenizers {
namespace {

const CodePage& latin1() { return code_pages()[0]; }
const CodePage& windows_1252() { return code_pages()[1]; }

TEST(EncodeWith, FindsTheBytes) {
  EXPECT_EQ(encode_with(latin1(), U"aé\u0081"), "a\xE9\x81");
  EXPECT_EQ(encode_with(windows_1252(), U"€é"), "\x80\xE9");
  EXPECT_EQ(encode_with(code_pages()[2], U"да"), "\xE4\xE0");
  EXPECT_EQ(encode_with(code_pages().back(), U"╬α"), "\xCE\xE0");
}

TEST(EncodeWith, SaysWhenACharacterIsMissing) {
  EXPECT_EQ(encode_with(latin1(), U"€"), std::nullopt);
  EXPECT_EQ(encode_with(windows_1252(), U"猫"), std::nullopt);
}

TEST(EncodeWith, TreatsGapsSloppilyInWindowsPages) {
  EXPECT_EQ(encode_with(windows_1252(), U"\u0081"), "\x81");
  EXPECT_EQ(encode_with(windows_1252(), U"\uFFFD"), "\x1A");
  EXPECT_EQ(encode_with(windows_1252(), U"\u001A"), std::nullopt);
  EXPECT_EQ(encode_with(latin1(), U"\u001A"), "\x1A");
}

TEST(Windows1252OfControl, KnowsTheGaps) {
  EXPECT_EQ(windows_1252_of_control(0x85), U'…');
  EXPECT_EQ(windows_1252_of_control(0x9D), 0x9Du);
}

TEST(DecodeStrictUtf8, RefusesWhatIsNotStrict) {
  EXPECT_EQ(decode_strict_utf8("é猫😀", false), U"é猫😀");
  for (const char* bytes :
       {"\xC3", "\x80", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF", "\xE2\x28\xA1"}) {
    EXPECT_EQ(decode_strict_utf8(bytes, false), std::nullopt) << bytes;
  }
}

TEST(DecodeStrictUtf8, TakesTheTwoVariants) {
  EXPECT_EQ(decode_strict_utf8("\xC0\x80", true), std::u32string(1, U'\0'));
  EXPECT_EQ(decode_strict_utf8("\xED\xA0\xBD\xED\xB8\x8D", true), U"😍");
  EXPECT_EQ(decode_strict_utf8("\xED\xA0\xBD", true), std::nullopt);
}

}  // namespace
}  // namespace fude::tokenizers
