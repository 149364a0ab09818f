#include "prompt/decimal.h"

#include <gmock/gmock.h>

#include <limits>

namespace fude::prompt {
namespace {

TEST(ParseDecimal, ReadsNumbersInAllForms) {
  EXPECT_EQ(parse_decimal(U"12"), 12);
  EXPECT_EQ(parse_decimal(U"-1.5"), -1.5);
  EXPECT_EQ(parse_decimal(U"+.5"), .5);
  EXPECT_EQ(parse_decimal(U"1."), 1);
  EXPECT_EQ(parse_decimal(U"1e3"), 1000);
  EXPECT_EQ(parse_decimal(U"１.٥"), 1.5);
}

TEST(ParseDecimal, RefusesOtherText) {
  for (const char32_t* text :
       {U"", U".", U"-", U"--1", U"+-1", U"-+1", U"1.2.3", U"1a", U"inf", U"nan", U"0x1", U" 1", U"1e"}) {
    EXPECT_EQ(parse_decimal(text), std::nullopt);
  }
}

TEST(ParseDecimal, GoesToTheLimits) {
  EXPECT_EQ(parse_decimal(std::u32string(400, U'9')), std::numeric_limits<double>::infinity());
  EXPECT_EQ(parse_decimal(U"." + std::u32string(400, U'0') + U"1"), 0);
}

}  // namespace
}  // namespace fude::prompt
