#include "ops/normalization.h"

#include <gtest/gtest.h>

#include "tests/support/golden.h"

namespace fude::ops {
namespace {

at::Tensor wave(at::IntArrayRef shape, double step) {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  return at::sin(at::arange(count, at::kDouble) * step).reshape(shape) * 3 + 1;
}

TEST(GroupNorm, GivesEachGroupMeanZeroAndVarianceOne) {
  const at::Tensor x = wave({2, 8, 5, 7}, 0.37);
  const at::Tensor y = group_norm(x, 4, at::ones({8}, at::kDouble), at::zeros({8}, at::kDouble), 1e-5);
  const at::Tensor groups = y.view({2, 4, -1});
  EXPECT_LT(groups.mean(2).abs().max().item<double>(), 1e-9);
  EXPECT_LT((groups.square().mean(2) - 1).abs().max().item<double>(), 1e-3);
}

TEST(GroupNorm, ScalesAndShiftsEachChannel) {
  const at::Tensor x = wave({1, 4, 3, 3}, 0.7);
  const at::Tensor weight = at::tensor({1.0, 2.0, 3.0, 4.0}, at::kDouble), bias = weight - 5;
  const at::Tensor plain = group_norm(x, 2, at::ones({4}, at::kDouble), at::zeros({4}, at::kDouble), 1e-6);
  const at::Tensor expected = plain * weight.view({1, 4, 1, 1}) + bias.view({1, 4, 1, 1});
  EXPECT_TRUE(tests::close_to(group_norm(x, 2, weight, bias, 1e-6), expected, 1e-12));
}

TEST(GroupNormSilu, IsSiluAfterTheNorm) {
  for (const at::ScalarType type : {at::kDouble, at::kFloat}) {
    const at::Tensor x = wave({1, 64, 6, 6}, 0.13).to(type);
    const at::Tensor weight = wave({64}, 0.5).to(type), bias = wave({64}, 0.9).to(type);
    const at::Tensor expected = at::silu(group_norm(x, 32, weight, bias, 1e-5));
    EXPECT_TRUE(tests::close_to(group_norm_silu(x, 32, weight, bias, 1e-5), expected, 1e-5)) << type;
  }
}

TEST(LayerNorm, NormalisesTheLastDimension) {
  for (const at::ScalarType type : {at::kDouble, at::kFloat}) {
    const at::Tensor x = wave({2, 3, 64}, 0.21).to(type);
    const at::Tensor weight = wave({64}, 0.5).to(type), bias = wave({64}, 0.9).to(type);
    const at::Tensor centred = x - x.mean(2, true);
    const at::Tensor expected = centred / (centred.square().mean(2, true) + 1e-5).sqrt() * weight + bias;
    EXPECT_TRUE(tests::close_to(layer_norm(x, weight, bias, 1e-5), expected, 1e-5)) << type;
  }
}

TEST(LayerNorm, ConvertsWeightsOfAnotherType) {
  const at::Tensor x = wave({2, 64}, 0.21).to(at::kBFloat16);
  const at::Tensor y = layer_norm(x, at::ones({64}), at::zeros({64}), 1e-5);
  EXPECT_EQ(y.scalar_type(), at::kBFloat16);
  EXPECT_LT(y.to(at::kFloat).mean(1).abs().max().item<double>(), 1e-2);
}

}  // namespace
}  // namespace fude::ops
