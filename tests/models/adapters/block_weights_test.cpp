#include "models/adapters/block_weights.h"

#include <gtest/gtest.h>

namespace fude::models {
namespace {

TEST(BlockWeights, ReadsTheShortFormOfStableDiffusion1) {
  const auto weights = BlockWeights::parse("0.5,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16");
  ASSERT_TRUE(weights);
  EXPECT_EQ(weights->of("BASE"), 0.5);
  EXPECT_EQ(weights->of("IN01"), 1);
  EXPECT_EQ(weights->of("IN08"), 6);
  EXPECT_EQ(weights->of("M00"), 7);
  EXPECT_EQ(weights->of("OUT03"), 8);
  EXPECT_EQ(weights->of("OUT11"), 16);
  EXPECT_EQ(weights->of("IN00"), 0);
  EXPECT_EQ(weights->of(""), 1);
}

TEST(BlockWeights, ReadsTheFormsOfSdxl) {
  const auto shorter = BlockWeights::parse("1,2,3,4,5,6,7,8,9,10,11,12");
  ASSERT_TRUE(shorter);
  EXPECT_EQ(shorter->of("IN04"), 2);
  EXPECT_EQ(shorter->of("OUT05"), 12);
  const auto longer = BlockWeights::parse("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20");
  ASSERT_TRUE(longer);
  EXPECT_EQ(longer->of("IN00"), 2);
  EXPECT_EQ(longer->of("OUT08"), 20);
}

TEST(BlockWeights, KnowsPresets) {
  const auto weights = BlockWeights::parse("OUTS");
  ASSERT_TRUE(weights);
  EXPECT_EQ(weights->of("BASE"), 1);
  EXPECT_EQ(weights->of("OUT06"), 0);
  EXPECT_EQ(weights->of("OUT07"), 1);
}

TEST(BlockWeights, RefusesOtherCountsAndWords) {
  for (const char* text : {"", "1", "1,2", "ALLL", "1,,1,1,1,1,1,1,1,1,1,1", "1,x,1,1,1,1,1,1,1,1,1,1",
                           "1,nan,1,1,1,1,1,1,1,1,1,1", "1,1,1,1,1,1,1,1,1,1,1,1,"}) {
    EXPECT_FALSE(BlockWeights::parse(text)) << text;
  }
}

}  // namespace
}  // namespace fude::models
