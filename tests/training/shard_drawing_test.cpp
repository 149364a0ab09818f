#include "training/shard_drawing.h"

#include <gtest/gtest.h>

#include <set>

namespace fude::training {
namespace {

TEST(ShardRandom, DiffersBetweenStepsPartsAndSeeds) {
  std::set<std::uint64_t> draws;
  for (const std::uint64_t seed : {1U, 2U}) {
    for (const std::int64_t step : {0, 1, 2}) {
      for (const int shard : {0, 1})
        draws.insert(shard_random({.seed = seed, .shards = 2}, {.step = step}, shard).next());
    }
  }
  EXPECT_EQ(draws.size(), 12U);
}

TEST(ShardRandom, DependsOnNothingElse) {
  EXPECT_EQ(shard_random({.seed = 1}, {.step = 7, .progress = 0.1}, 1).next(),
            shard_random({.seed = 1}, {.step = 7, .progress = 0.9, .rate_factor = 0.5}, 1).next());
}

std::set<std::int64_t> drawn(std::int64_t count, std::int64_t held_out) {
  painter::Random random(5);
  std::set<std::int64_t> indices;
  for (int i = 0; i < 200; ++i) indices.insert(draw_trained_index(random, count, held_out));
  return indices;
}

TEST(DrawTrainedIndex, LeavesOutTheHeldOut) { EXPECT_EQ(drawn(6, 4), (std::set<std::int64_t>{4, 5})); }

TEST(DrawTrainedIndex, TakesTheLastWhenAllAreHeldOut) {
  EXPECT_EQ(drawn(3, 64), std::set<std::int64_t>{2});
  EXPECT_EQ(drawn(1, 0), std::set<std::int64_t>{0});
}

}  // namespace
}  // namespace fude::training
