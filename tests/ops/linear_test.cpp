#include "ops/linear.h"

#include <gtest/gtest.h>

#include "ops/seamless.h"
#include "tests/support/golden.h"

namespace fude::ops {
namespace {

class SeamlessConvolution : public ::testing::Test {
 protected:
  at::Tensor x_ = at::sin(at::arange(2 * 3 * 5 * 6, at::kFloat)).reshape({2, 3, 5, 6});
  at::Tensor weight_ = at::cos(at::arange(4 * 3 * 3 * 3, at::kFloat)).reshape({4, 3, 3, 3});
  at::Tensor bias_ = at::arange(4, at::kFloat);

  at::Tensor convolved(const at::Tensor& x, int64_t stride = 1) const {
    return conv2d(x, weight_, bias_, {.stride = stride, .padding = 1});
  }
};

TEST_F(SeamlessConvolution, SeesThePictureRepeatedOnEverySide) {
  const at::Tensor repeated = convolved(x_.repeat({1, 1, 3, 3})).narrow(2, 5, 5).narrow(3, 6, 6);
  const SeamlessConvolutions seamless(true);
  EXPECT_LT(tests::max_difference(convolved(x_), repeated), 1e-5);
}

TEST_F(SeamlessConvolution, HoldsForStridesToo) {
  const SeamlessConvolutions seamless(true);
  const at::Tensor all = convolved(x_);
  EXPECT_LT(tests::max_difference(convolved(x_, 2), all.slice(2, 0, 5, 2).slice(3, 0, 6, 2)), 1e-5);
}

TEST_F(SeamlessConvolution, WrapsAPictureOfOnePixel) {
  const SeamlessConvolutions seamless(true);
  const at::Tensor pixel = x_.narrow(2, 0, 1).narrow(3, 0, 1);
  const at::Tensor expected = at::conv2d(pixel, weight_.sum(at::IntArrayRef{2, 3}, true), bias_);
  EXPECT_LT(tests::max_difference(convolved(pixel), expected), 1e-5);
}

TEST_F(SeamlessConvolution, EndsWithItsScope) {
  const at::Tensor before = convolved(x_);
  {
    const SeamlessConvolutions outer(true);
    {
      const SeamlessConvolutions inner(false);
      EXPECT_TRUE(convolved(x_).equal(before));
    }
    EXPECT_FALSE(convolved(x_).equal(before));
  }
  EXPECT_TRUE(convolved(x_).equal(before));
}

}  // namespace
}  // namespace fude::ops
