#include "merging/low_rank.h"

#include <gmock/gmock.h>

#include <cmath>

#include "core/error.h"

namespace fude::merging {
namespace {

LowRank random_factors(int64_t out, int64_t rank, int64_t columns) {
  return {.up = at::randn({out, rank}), .down = at::randn({rank, columns})};
}

RankRule rule(std::string_view text, int64_t most = 100) { return parse_rank_rule(text, most); }

TEST(Factorise, FindsAMatrixOfLowRankAgain) {
  const at::Tensor matrix = random_factors(40, 5, 30).product();
  const LowRank found = factorise(matrix, {.most = 5});
  EXPECT_EQ(found.rank(), 5);
  EXPECT_TRUE(found.product().allclose(matrix, 1e-4, 1e-4));
  EXPECT_EQ(factorise(matrix, {.most = 99}).rank(), 30);  // as many as there are
}

TEST(Factorise, LosesWhatTheLeftOutValuesHold) {
  const at::Tensor values = at::tensor({8.0F, 4.0F, 2.0F, 1.0F});
  const LowRank found = factorise(at::diag(values), {.most = 2});
  EXPECT_NEAR((found.product() - at::diag(values)).norm().item<double>(), std::sqrt(5.0), 1e-5);
}

TEST(Factorise, GivesForAProductWhatItGivesForTheMatrix) {
  const LowRank factors = random_factors(30, 12, 50);
  const at::Tensor expected = factorise(factors.product(), {.most = 4}).product();
  const LowRank found = factorise(factors, {.most = 4});
  EXPECT_EQ(found.rank(), 4);
  EXPECT_TRUE(found.product().allclose(expected, 1e-3, 1e-3));
  EXPECT_TRUE(factorise(factors, {.most = 12}).product().allclose(factors.product(), 1e-3, 1e-3));
}

TEST(Factorise, TakesFactorsWiderThanTheMatrix) {
  const LowRank factors = random_factors(6, 20, 5);
  const LowRank found = factorise(factors, {.most = 20});
  EXPECT_EQ(found.rank(), 5);
  EXPECT_TRUE(found.product().allclose(factors.product(), 1e-3, 1e-3));
}

// Each rule keeps one value more than it needs.
TEST(ChooseRank, FollowsTheRules) {
  const at::Tensor values = at::tensor({8.0F, 4.0F, 2.0F, 1.0F, 0.5F});
  EXPECT_EQ(choose_rank(values, {.most = 3}), 3);
  EXPECT_EQ(choose_rank(values, rule("sv_ratio=3")), 3);         // 8 and 4 are above 8/3
  EXPECT_EQ(choose_rank(values, rule("sv_cumulative=0.7")), 3);  // 12 of 15.5
  EXPECT_EQ(choose_rank(values, rule("sv_fro=0.9")), 3);         // 64 + 4*4 of 85.25
  EXPECT_EQ(choose_rank(values, rule("sv_fro=1")), 5);
  EXPECT_EQ(choose_rank(values, rule("sv_fro=1", 2)), 2);
  EXPECT_EQ(choose_rank(at::zeros({5}), rule("sv_fro=0.9")), 1);
  EXPECT_EQ(choose_rank(at::ones({1}), rule("sv_ratio=2")), 1);
}

TEST(ParseRankRule, RefusesWhatIsNone) {
  EXPECT_FALSE(rule("").is_dynamic());
  for (const char* text : {"sv", "sv_fro", "sv_fro=", "sv_fro=2", "sv_fro=0", "sv_fro=nan", "sv_ratio=0.5", "0.9"}) {
    EXPECT_THROW(rule(text), Error) << text;
  }
}

}  // namespace
}  // namespace fude::merging
