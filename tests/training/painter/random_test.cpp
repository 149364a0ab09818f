#include "training/painter/random.h"

#include <gtest/gtest.h>

#include <array>

namespace fude::painter {
namespace {

// The first outputs for seed 1234567 that the authors of SplitMix64 publish with their C code.
TEST(Random, GivesTheNumbersOfSplitMix64) {
  Random random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317u);
  EXPECT_EQ(random.next(), 3203168211198807973u);
  EXPECT_EQ(random.next(), 9817491932198370423u);
}

TEST(Random, StreamsOfOneSeedDiffer) {
  EXPECT_NE(Random(7, 1).next(), Random(7, 2).next());
  EXPECT_NE(Random(7, 1).next(), Random(8, 1).next());
  EXPECT_EQ(Random(7, 1).next(), Random(7, 1).next());
}

TEST(Random, StaysWithinItsBounds) {
  Random random(3);
  for (int i = 0; i < 10000; ++i) {
    const double unit = random.unit();
    ASSERT_GE(unit, 0.0);
    ASSERT_LT(unit, 1.0);
    const int below = random.below(5);
    ASSERT_GE(below, 0);
    ASSERT_LT(below, 5);
  }
}

TEST(Random, NeverDrawsAWeightOfZero) {
  constexpr std::array kWeights{0.0, 1.0, 0.0, 3.0, 0.0};
  std::array<int, 5> drawn{};
  Random random(11);
  for (int i = 0; i < 4000; ++i) ++drawn[random.weighted(kWeights)];
  EXPECT_EQ(drawn[0] + drawn[2] + drawn[4], 0);
  EXPECT_NEAR(drawn[3] / 4000.0, 0.75, 0.04);
}

}  // namespace
}  // namespace fude::painter
