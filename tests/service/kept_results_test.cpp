#include "service/kept_results.h"

#include <gtest/gtest.h>

namespace fude::service {
namespace {

TEST(KeptResults, HandsAJobsPicturesOutOnce) {
  KeptResults results(2);
  results.add(1, {.index = 0, .infotext = "a"});
  results.add(1, {.index = 1, .infotext = "b"});
  const std::vector<MadePicture> pictures = results.take(1);
  ASSERT_EQ(pictures.size(), 2u);
  EXPECT_EQ(pictures[1].infotext, "b");
  EXPECT_TRUE(results.take(1).empty());
}

TEST(KeptResults, ForgetsTheOldestJobs) {
  KeptResults results(2);
  for (JobId job = 1; job <= 3; ++job) results.add(job, {});
  EXPECT_TRUE(results.take(1).empty());
  EXPECT_EQ(results.take(2).size(), 1u);
  EXPECT_EQ(results.take(3).size(), 1u);
}

}  // namespace
}  // namespace fude::service
