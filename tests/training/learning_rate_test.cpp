#include "training/learning_rate.h"

#include <gtest/gtest.h>

namespace fude::training {
namespace {

TEST(LearningRate, RisesHoldsAndFalls) {
  const LearningRateConfig config{.warmup_steps = 10, .hold = 0.5, .floor = 0.1};
  EXPECT_DOUBLE_EQ(learning_rate_factor(config, 0, 0), 0.1);
  EXPECT_DOUBLE_EQ(learning_rate_factor(config, 9, 0.1), 1);
  EXPECT_DOUBLE_EQ(learning_rate_factor(config, 500, 0.5), 1);
  EXPECT_DOUBLE_EQ(learning_rate_factor(config, 700, 0.75), 0.5);
  EXPECT_DOUBLE_EQ(learning_rate_factor(config, 999, 1), 0.1);
}

TEST(LearningRate, FallsAlongACosineWhenAsked) {
  const LearningRateConfig config{.warmup_steps = 0, .hold = 0, .floor = 0, .is_cosine = true};
  EXPECT_NEAR(learning_rate_factor(config, 0, 0.5), 0.5, 1e-12);
  EXPECT_NEAR(learning_rate_factor(config, 0, 0.25), 0.853553, 1e-6);
}

TEST(LearningRate, HoldsToTheEndWhenItNeverFalls) {
  EXPECT_DOUBLE_EQ(learning_rate_factor({.warmup_steps = 0, .hold = 1}, 5, 1), 1);
}

}  // namespace
}  // namespace fude::training
