#include "pipelines/comparison/seed_source.h"

#include <gtest/gtest.h>

#include <set>

namespace fude::pipelines::comparison {
namespace {

TEST(SeedSource, TheSameStartGivesTheSameSeeds) {
  SeedSource one(7), other(7), third(8);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 100; ++i) {
    const std::int64_t seed = one.draw();
    EXPECT_EQ(seed, other.draw());
    EXPECT_NE(seed, third.draw());
    EXPECT_GE(seed, 0);
    EXPECT_LT(seed, 4294967294);
    seen.insert(seed);
  }
  EXPECT_EQ(seen.size(), 100u);
}

TEST(SeedSource, LeavesSeedsThatAreThere) {
  GenerationRequest request;
  request.seed = 5;
  SeedSource(1).resolve(request);
  EXPECT_EQ(request.seed, 5);
  EXPECT_NE(request.subseed, -1);
}

}  // namespace
}  // namespace fude::pipelines::comparison
