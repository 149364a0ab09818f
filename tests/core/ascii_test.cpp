#include "core/ascii.h"

#include <gtest/gtest.h>

namespace fude {
namespace {

TEST(AsciiLower, ChangesNothingButCapitalLetters) {
  EXPECT_EQ(ascii_lower("AZ az @[ 筆É"), "az az @[ 筆É");
  EXPECT_EQ(ascii_lower('\xC3'), '\xC3');
}

TEST(Trimmed, TakesSpacesOffBothEndsOnly) {
  EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
  EXPECT_EQ(trimmed("\fa\f"), "\fa\f");
  EXPECT_EQ(trimmed("\ta ", " "), "\ta");
  EXPECT_EQ(trimmed(" \n"), "");
  EXPECT_EQ(trimmed(""), "");
}

}  // namespace
}  // namespace fude
