#include "core/nearest_name.h"

#include <gtest/gtest.h>

#include <array>

namespace fude {
namespace {

constexpr std::array<std::string_view, 3> kNames{"steps", "sampler_name", "seed"};

TEST(EditDistance, CountsChangesAndSwapsIgnoringCase) {
  EXPECT_EQ(edit_distance("Euler", "euler"), 0U);
  EXPECT_EQ(edit_distance("Eulr", "Euler"), 1U);
  EXPECT_EQ(edit_distance("setps", "steps"), 1U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
}

TEST(NearestName, FindsWhatWasMeant) { EXPECT_EQ(nearest_name("stpes", kNames), "steps"); }

TEST(NearestName, IsEmptyWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("checkpoint", kNames), "");
  EXPECT_EQ(nearest_name("", kNames), "");
  EXPECT_EQ(nearest_name(std::string(100000, 's'), kNames), "");
}

TEST(DidYouMean, EndsAMessage) {
  EXPECT_EQ(did_you_mean("sed", kNames), ", did you mean 'seed'?");
  EXPECT_EQ(did_you_mean("zzz", kNames), "");
}

}  // namespace
}  // namespace fude
