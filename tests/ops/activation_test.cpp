#include "ops/activation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/golden.h"

namespace fude::ops {
namespace {

TEST(QuickGelu, FollowsItsDefinition) {
  const at::Tensor x = at::tensor({-3.0, -0.5, 0.0, 1.0, 4.0}, at::kDouble);
  const at::Tensor y = quick_gelu(x);
  for (int64_t i = 0; i < x.numel(); ++i) {
    const double value = x[i].item<double>();
    EXPECT_NEAR(y[i].item<double>(), value / (1 + std::exp(-1.702 * value)), 1e-12);
  }
}

TEST(QuickGelu, KeepsTheType) { EXPECT_EQ(quick_gelu(at::ones({2}, at::kBFloat16)).scalar_type(), at::kBFloat16); }

// gelu(g) = g times the probability that a normal number is below g.
double plain_geglu(double a, double gate) { return a * gate * 0.5 * (1 + std::erf(gate / std::sqrt(2.0))); }

TEST(Geglu, MultipliesTheFirstHalfByTheGeluOfTheSecond) {
  const at::Tensor x = at::tensor({1.0, -2.0, 3.0, 0.5, -1.0, 2.0}, at::kDouble).view({1, 6});
  const at::Tensor y = geglu(x);
  ASSERT_EQ(y.sizes(), (at::IntArrayRef{1, 3}));
  EXPECT_NEAR(y[0][0].item<double>(), plain_geglu(1, 0.5), 1e-12);
  EXPECT_NEAR(y[0][1].item<double>(), plain_geglu(-2, -1), 1e-12);
  EXPECT_NEAR(y[0][2].item<double>(), plain_geglu(3, 2), 1e-12);
}

TEST(Geglu, GivesTheSameOnItsFastPath) {
  const at::Tensor x = at::sin(at::arange(2 * 3 * 128, at::kFloat) * 0.37).view({2, 3, 128}) * 3;
  const at::Tensor exact = geglu(x.to(at::kDouble));
  EXPECT_TRUE(tests::close_to(geglu(x).to(at::kDouble), exact, 1e-5));
}

}  // namespace
}  // namespace fude::ops
