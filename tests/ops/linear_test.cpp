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

TEST(Linear, MultipliesByTheTransposedWeightAndAddsTheBias) {
  const at::Tensor x = at::tensor({1.F, 2.F, 3.F}).view({1, 3});
  const at::Tensor weight = at::tensor({1.F, 0.F, 0.F, 0.F, 1.F, 1.F}).view({2, 3});
  EXPECT_TRUE(ops::linear(x, weight, std::nullopt).equal(at::tensor({1.F, 5.F}).view({1, 2})));
  EXPECT_TRUE(ops::linear(x, weight, at::tensor({10.F, 20.F})).equal(at::tensor({11.F, 25.F}).view({1, 2})));
}

TEST(Linear, ComputesInTheTypeOfXAndGivesGradientsInThatOfTheWeight) {
  const at::Tensor weight = at::ones({2, 3}).requires_grad_(), bias = at::zeros({2}).requires_grad_();
  const at::Tensor y = ops::linear(at::full({4, 3}, 0.5, at::kBFloat16), weight, bias);
  EXPECT_EQ(y.scalar_type(), at::kBFloat16);
  y.sum().backward();
  EXPECT_TRUE(weight.grad().equal(at::full({2, 3}, 2.F)));
  EXPECT_TRUE(bias.grad().equal(at::full({2}, 4.F)));
}

TEST(Conv2d, AppliesStrideAndPadding) {
  const at::Tensor x = at::arange(16, at::kFloat).view({1, 1, 4, 4});
  const at::Tensor sum = at::ones({1, 1, 3, 3});
  const at::Tensor none = at::zeros({1});
  EXPECT_EQ(conv2d(x, sum, none, {}).sizes(), (at::IntArrayRef{1, 1, 2, 2}));
  EXPECT_EQ(conv2d(x, sum, none, {.padding = 1}).sizes(), (at::IntArrayRef{1, 1, 4, 4}));
  const at::Tensor halved = conv2d(x, sum, none, {.stride = 2, .padding = 1});
  ASSERT_EQ(halved.sizes(), (at::IntArrayRef{1, 1, 2, 2}));
  EXPECT_FLOAT_EQ(halved[0][0][0][0].item<float>(), 0 + 1 + 4 + 5);
  EXPECT_FLOAT_EQ(halved[0][0][1][1].item<float>(), 5 + 6 + 7 + 9 + 10 + 11 + 13 + 14 + 15);
}

TEST(Conv2d, AddsTheBiasOfEachOutput) {
  const at::Tensor y = conv2d(at::zeros({1, 2, 2, 2}), at::ones({3, 2, 1, 1}), at::tensor({1.F, 2.F, 3.F}), {});
  EXPECT_TRUE(y.mean({0, 2, 3}).equal(at::tensor({1.F, 2.F, 3.F})));
}

TEST(Conv2d, ConvertsWeightsOfAnotherType) {
  const at::Tensor x = at::sin(at::arange(2 * 3 * 5 * 5, at::kFloat)).view({2, 3, 5, 5});
  const at::Tensor weight = at::cos(at::arange(4 * 3 * 3 * 3, at::kFloat)).view({4, 3, 3, 3}).to(at::kHalf);
  const at::Tensor bias = at::ones({4}, at::kHalf);
  const at::Tensor expected = at::conv2d(x, weight.to(at::kFloat), bias.to(at::kFloat), 1, 1);
  EXPECT_TRUE(tests::close_to(conv2d(x, weight, bias, {.padding = 1}), expected, 1e-6));
}

}  // namespace
}  // namespace fude::ops
