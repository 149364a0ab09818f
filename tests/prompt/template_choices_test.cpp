#include "prompt/template_choices.h"

#include <gmock/gmock.h>

#include <array>
#include <set>

namespace fude::prompt {
namespace {

using Method = TemplateTree::Method;
using testing::ElementsAre;

constexpr std::array<double, 4> kEqual{1, 1, 1, 1};

std::size_t first_pick(std::uint64_t seed, std::span<const double> weights) {
  return SeededChooser({.seed = seed}).pick(weights, 1, Method::kDefault).at(0);
}

TEST(SeededChooser, MakesTheSameChoicesForTheSameSeed) {
  SeededChooser one({.seed = 7}), other({.seed = 7, .index = 3});
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(one.pick(kEqual, 2, Method::kDefault), other.pick(kEqual, 2, Method::kDefault));
    EXPECT_EQ(one.count(1, 9, Method::kDefault), other.count(1, 9, Method::kDefault));
  }
}

// Published: a seed must go on choosing the same words in every later version.
TEST(SeededChooser, KeepsItsStream) {
  std::vector<std::size_t> picks;
  for (std::uint64_t seed = 0; seed < 12; ++seed) picks.push_back(first_pick(seed, kEqual));
  EXPECT_THAT(picks, ElementsAre(1, 3, 1, 1, 0, 3, 1, 3, 0, 3, 0, 2));
}

TEST(SeededChooser, FollowsWeights) {
  constexpr std::array<double, 3> kWeights{3, 0, 1};
  std::array<int, 3> counts{};
  for (std::uint64_t seed = 0; seed < 4000; ++seed) ++counts[first_pick(seed, kWeights)];
  EXPECT_NEAR(counts[0], 3000, 120);  // four standard deviations
  EXPECT_EQ(counts[1], 0);
  constexpr std::array<double, 2> kNone{0, 0};
  EXPECT_LE(first_pick(1, kNone), 1u);
}

TEST(SeededChooser, NeverRepeatsAnOption) {
  constexpr std::array<double, 4> kWeights{9, 1, 1, 0};
  int heavy_first = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const auto picked = SeededChooser({.seed = seed}).pick(kWeights, 7, Method::kDefault);
    EXPECT_EQ(std::set(picked.begin(), picked.end()), (std::set<std::size_t>{0, 1, 2}));
    heavy_first += picked[0] == 0 ? 1 : 0;
  }
  EXPECT_NEAR(heavy_first, 1000 * 9 / 11, 50);
}

TEST(SeededChooser, GoesAroundByThePlaceInTheJob) {
  const auto at = [](std::uint64_t index, Method method) {
    SeededChooser chooser({.seed = 5, .index = index});
    const std::size_t outer = chooser.pick(kEqual, 1, method)[0];
    return std::pair(outer, chooser.pick(std::span(kEqual).first(3), 1, method)[0]);
  };
  EXPECT_EQ(at(5, Method::kCyclical), std::pair(std::size_t{1}, std::size_t{2}));
  EXPECT_EQ(at(0, Method::kCombinatorial), std::pair(std::size_t{0}, std::size_t{0}));
  std::set<std::pair<std::size_t, std::size_t>> combinations;
  for (std::uint64_t i = 0; i < 12; ++i) combinations.insert(at(i, Method::kCombinatorial));
  EXPECT_EQ(combinations.size(), 12u);
}

TEST(OdometerChooser, MakesEveryCombinationOnce) {
  OdometerChooser chooser({});
  std::vector<std::vector<std::size_t>> all;
  do {
    std::vector<std::size_t> made = chooser.pick(kEqual, chooser.count(1, 2, Method::kDefault), Method::kDefault);
    all.push_back(std::move(made));
  } while (chooser.advance({}));
  EXPECT_EQ(all.size(), 4u + 6u);
  EXPECT_THAT(all[0], ElementsAre(0));
  EXPECT_THAT(all[4], ElementsAre(0, 1));
  EXPECT_THAT(all[9], ElementsAre(2, 3));
  EXPECT_EQ(std::set(all.begin(), all.end()).size(), all.size());
}

TEST(OdometerChooser, LeavesMarkedChoicesToChance) {
  OdometerChooser chooser({.seed = 3});
  EXPECT_EQ(chooser.pick(kEqual, 1, Method::kRandom), SeededChooser({.seed = 3}).pick(kEqual, 1, Method::kRandom));
  EXPECT_FALSE(chooser.advance({.seed = 4}));
}

TEST(OdometerChooser, StaysWithinChoicesThatShrinkByChance) {
  OdometerChooser chooser({});
  const auto pick_of = [&](std::size_t options) {
    return chooser.pick(std::span(kEqual).first(options), 1, Method::kDefault)[0];
  };
  EXPECT_EQ(pick_of(4), 0u);
  ASSERT_TRUE(chooser.advance({}));
  EXPECT_EQ(pick_of(4), 1u);
  ASSERT_TRUE(chooser.advance({}));
  EXPECT_EQ(pick_of(2), 1u) << "the third of two";
  EXPECT_FALSE(chooser.advance({})) << "the last of two was reached";
}

TEST(OdometerChooser, ForgetsChoicesThatDidNotComeUp) {
  OdometerChooser chooser({});
  const auto pick = [&] { return chooser.pick(std::span(kEqual).first(2), 1, Method::kDefault)[0]; };
  EXPECT_EQ(pick(), 0u);
  EXPECT_EQ(pick(), 0u);
  ASSERT_TRUE(chooser.advance({}));
  EXPECT_EQ(pick(), 0u) << "chance leaves out the second choice this time";
  ASSERT_TRUE(chooser.advance({}));
  EXPECT_EQ(pick(), 1u);
}

}  // namespace
}  // namespace fude::prompt
