#include "core/error.h"

#include <gtest/gtest.h>

namespace fude {
namespace {

TEST(Error, CarriesItsCodeAndFormattedMessage) {
  try {
    fail(ErrorCode::kCorruptFile, "tensor '{}' has {} bytes, expected {}", "a.weight", 3, 4);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorruptFile);
    EXPECT_STREQ(error.what(), "tensor 'a.weight' has 3 bytes, expected 4");
    return;
  }
  FAIL() << "fail() returned";
}

TEST(ExitCode, FollowsTheCommandLineContract) {
  EXPECT_EQ(exit_code(ErrorCode::kInvalidArgument), 2);
  EXPECT_EQ(exit_code(ErrorCode::kNotFound), 3);
  EXPECT_EQ(exit_code(ErrorCode::kCorruptFile), 3);
  EXPECT_EQ(exit_code(ErrorCode::kUnsupportedModel), 4);
  EXPECT_EQ(exit_code(ErrorCode::kOutOfResources), 5);
  EXPECT_EQ(exit_code(ErrorCode::kCancelled), 130);
}

TEST(Printable, EscapesControlCharactersAndKeepsUtf8) {
  EXPECT_EQ(printable("a\nb\x1b[31m"), "a\\x0ab\\x1b[31m");
  EXPECT_EQ(printable("青い空"), "青い空");
}

TEST(Printable, CutsBetweenCharacters) { EXPECT_EQ(printable("青い空", 4), "青..."); }

}  // namespace
}  // namespace fude
