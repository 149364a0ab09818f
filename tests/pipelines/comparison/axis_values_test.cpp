#include "pipelines/comparison/axis_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace fude::pipelines::comparison {
namespace {

using testing::ElementsAre, testing::IsEmpty;

std::vector<std::string> whole(std::string_view text) { return expand_values(ValueKind::kWhole, text); }
std::vector<std::string> real(std::string_view text) { return expand_values(ValueKind::kReal, text); }

TEST(SplitValues, PartsAtCommasAndLines) {
  EXPECT_THAT(split_values(" a, b b ,c\nd\r\n\n e"), ElementsAre("a", "b b", "c", "d", "e"));
}

TEST(SplitValues, QuotesKeepCommasAndQuotes) {
  EXPECT_THAT(split_values(R"("a, b", "say ""c""",d"e")"), ElementsAre("a, b", "say \"c\"", "d\"e\""));
  EXPECT_THAT(split_values("\"never closed, a"), ElementsAre("never closed, a"));
  EXPECT_THAT(split_values("\"a\nb\",c"), ElementsAre("a\nb", "c"));
}

TEST(SplitValues, KeepsEmptyEntriesBetweenCommas) {
  EXPECT_THAT(split_values("hair,,x,"), ElementsAre("hair", "", "x", ""));
  EXPECT_THAT(split_values(" \n \n"), IsEmpty());
  EXPECT_THAT(split_values(""), IsEmpty());
}

TEST(ExpandValues, WholeRangesCountBothEnds) {
  EXPECT_THAT(whole("1-5"), ElementsAre("1", "2", "3", "4", "5"));
  EXPECT_THAT(whole("1-5 (+2)"), ElementsAre("1", "3", "5"));
  EXPECT_THAT(whole("1 - 5(+2), 9"), ElementsAre("1", "3", "5", "9"));
  EXPECT_THAT(whole("-3--1"), ElementsAre("-3", "-2", "-1"));
  EXPECT_THAT(whole("7,,+8, -1"), ElementsAre("7", "8", "-1"));
}

TEST(ExpandValues, FallingWholeRangesStopEarlyAsTheWebUiDoes) {
  EXPECT_THAT(whole("10-5 (-3)"), ElementsAre("10", "7"));
  EXPECT_THAT(whole("5-1(-1)"), ElementsAre("5", "4", "3"));
}

TEST(ExpandValues, CountedRangesAreSpreadEvenly) {
  EXPECT_THAT(whole("1-10 [5]"), ElementsAre("1", "3", "5", "7", "10"));
  EXPECT_THAT(whole("0-100 [7]"), ElementsAre("0", "16", "33", "50", "66", "83", "100"));
  EXPECT_THAT(whole("0-10 [11]"), ElementsAre("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"));
  EXPECT_THAT(real("0-1 [6]"), ElementsAre("0", "0.2", "0.4", "0.6", "0.8", "1"));
  EXPECT_THAT(whole("4-9 [1]"), ElementsAre("4"));
}

TEST(ExpandValues, NumbersGoUpToLastAndNoFurtherByRounding) {
  EXPECT_THAT(real("0-1 (+0.25)"), ElementsAre("0", "0.25", "0.5", "0.75", "1"));
  EXPECT_THAT(real("0-1 (+0.1)"), ElementsAre("0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1"));
  EXPECT_THAT(real("1-0 (-0.5)"), ElementsAre("1", "0.5", "0"));
  EXPECT_THAT(real("7-9"), ElementsAre("7", "8", "9"));
  EXPECT_THAT(real("0-1 (+0.3)"), ElementsAre("0", "0.3", "0.6", "0.9", "1.2"));  // below last + step, as there
  EXPECT_THAT(real("7.5, 1e-3"), ElementsAre("7.5", "0.001"));
}

TEST(ExpandValues, RefusesWhatIsNoNumber) {
  for (const char* text : {"a", "1-", "1-5 (2)", "1-5 (+x)", "1.5", "1-5 [0]", "5-1", "1-5 (-1)", "1-5 (+0)", "-",
                           "99999999999999999999", "1-2000", "1-2 [5000]", "1-9223372036854775807 (+1)"}) {
    EXPECT_THROW(whole(text), Error) << text;
  }
  for (const char* text : {"nan", "inf", "0-1 (+0)", "0-1 (0.1)", "0-1e300", "1-0", "0-nan", "0-1 (+1e-300)"}) {
    EXPECT_THROW(real(text), Error) << text;
  }
}

TEST(ExpandValues, SeedsKeepAllTheirDigits) {
  EXPECT_THAT(whole("9223372036854775807"), ElementsAre("9223372036854775807"));
}

TEST(ExpandValues, RefusesMoreValuesThanAnyGridHas) {
  std::string many;
  for (int i = 0; i < 1001; ++i) many += "1,";
  EXPECT_THROW(expand_values(ValueKind::kText, many), Error);
  EXPECT_THROW(whole("1-600,1-600"), Error);
  EXPECT_EQ(whole("1-1000").size(), 1000u);
}

TEST(Permutations, ComeInTheListsOrderFirst) {
  EXPECT_THAT(permutations({"b", "a"}), ElementsAre(ElementsAre("b", "a"), ElementsAre("a", "b")));
  EXPECT_EQ(permutations({"a", "b", "c"}).size(), 6u);
  EXPECT_THROW(permutations(std::vector<std::string>(7, "a")), Error);
}

}  // namespace
}  // namespace fude::pipelines::comparison
