#include "diffusion/float32.h"

#include <gmock/gmock.h>

#include <cmath>

namespace fude::diffusion {
namespace {

TEST(Linspace32, MeetsBothEndsInEqualSteps) {
  for (const int count : {2, 5, 16, 20, 33, 100}) {
    const std::vector<float> values = linspace32(999.0F, 0.0F, count);
    ASSERT_EQ(values.size(), static_cast<std::size_t>(count));
    EXPECT_EQ(values.front(), 999.0F) << count;
    EXPECT_NEAR(values.back(), 0.0F, 1e-3F) << count;  // blocks count from a base of their own
    for (int i = 0; i < count; ++i)
      EXPECT_NEAR(values[static_cast<std::size_t>(i)], 999.0 * (1.0 - i / (count - 1.0)), 1e-3) << count << " " << i;
  }
}

TEST(Linspace32, OfOneIsTheFirst) { EXPECT_THAT(linspace32(3.0F, 9.0F, 1), testing::ElementsAre(3.0F)); }

TEST(Float32, IsWithinAUnitInTheLastPlace) {
  for (const float x : {0.0291675F, 0.5F, 1.0F, 3.75F, 14.614643F}) {
    EXPECT_FLOAT_EQ(exp32(x), std::exp(x));
    EXPECT_FLOAT_EQ(expm1_32(-x), std::expm1(-x));
    EXPECT_FLOAT_EQ(log32(x), std::log(x));
    EXPECT_FLOAT_EQ(pow32(x, 7.0F), std::pow(x, 7.0F));
  }
}

TEST(Float32, KnowsTheEndOfTime) { EXPECT_EQ(expm1_32(-INFINITY), -1.0F); }

}  // namespace
}  // namespace fude::diffusion
