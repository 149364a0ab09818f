#include "ops/resize.h"

#include <gtest/gtest.h>

namespace fude::ops {
namespace {

TEST(UpsampleNearest2x, RepeatsEveryPixelInABlock) {
  const at::Tensor x = at::tensor({1.F, 2.F, 3.F, 4.F}).view({1, 1, 2, 2});
  const at::Tensor expected =
      at::tensor({1.F, 1.F, 2.F, 2.F, 1.F, 1.F, 2.F, 2.F, 3.F, 3.F, 4.F, 4.F, 3.F, 3.F, 4.F, 4.F}).view({1, 1, 4, 4});
  EXPECT_TRUE(upsample_nearest_2x(x).equal(expected));
}

TEST(UpsampleNearest2x, TakesOddSizesAndKeepsTheType) {
  const at::Tensor y = upsample_nearest_2x(at::ones({2, 3, 5, 1}, at::kBFloat16));
  EXPECT_EQ(y.sizes(), (at::IntArrayRef{2, 3, 10, 2}));
  EXPECT_EQ(y.scalar_type(), at::kBFloat16);
}

TEST(ResizeNearest, TakesTheSourcePixelBelowEachPlace) {
  const at::Tensor x = at::arange(5, at::kFloat).view({1, 1, 1, 5});
  EXPECT_TRUE(resize_nearest(x, 1, 3).flatten().equal(at::tensor({0.F, 1.F, 3.F})));
  EXPECT_TRUE(resize_nearest(x, 2, 5)[0][0][1].equal(x[0][0][0]));
}

TEST(ResizeBilinear, StandsBetweenTheCentresAround) {
  const at::Tensor x = at::tensor({0.F, 4.F}).view({1, 1, 1, 2});
  EXPECT_TRUE(resize_bilinear(x, 1, 4).flatten().equal(at::tensor({0.F, 1.F, 3.F, 4.F})));
  EXPECT_TRUE(resize_bilinear(x, 1, 1).flatten().equal(at::tensor({2.F})));
}

}  // namespace
}  // namespace fude::ops
