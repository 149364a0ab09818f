#include "ops/cpu/transformer_ops.h"

#include <gtest/gtest.h>

#include "tests/support/golden.h"

namespace fude::ops::cpu {
namespace {

using tests::close_to;

// One rounding to bfloat16 is 2^-9 of a value; the measure is relative to the rms, values reach a few times that.
constexpr double kTolerance = 5e-2;

class TransformerOps : public testing::TestWithParam<std::int64_t> {
 protected:
  TransformerOps() { at::manual_seed(2); }
  std::int64_t width() const { return GetParam(); }
};

TEST_P(TransformerOps, GegluAgreesWithTheReferenceForwardAndBackward) {
  const at::Tensor values = (at::randn({5, 7, 2 * width()}) * 2).to(at::kBFloat16);
  const at::Tensor gradient = at::randn({5, 7, width()}).to(at::kBFloat16);
  const at::Tensor x = values.clone().requires_grad_();
  const at::Tensor y = geglu(x);
  y.backward(gradient);

  const at::Tensor reference_x = values.to(at::kFloat).requires_grad_();
  const auto halves = reference_x.chunk(2, -1);
  const at::Tensor reference = halves[0] * at::gelu(halves[1]);
  reference.backward(gradient.to(at::kFloat));
  EXPECT_TRUE(close_to(y.detach().to(at::kFloat), reference.detach(), kTolerance));
  EXPECT_TRUE(close_to(x.grad().to(at::kFloat), reference_x.grad(), kTolerance));
}

TEST_P(TransformerOps, LayerNormAgreesWithTheReferenceForwardAndBackward) {
  const at::Tensor values = (at::randn({3, 11, width()}) * 2 + 1).to(at::kBFloat16);
  const at::Tensor gradient = at::randn(values.sizes()).to(at::kBFloat16);
  const at::Tensor w = at::randn({width()}).requires_grad_(), b = at::randn({width()}).requires_grad_();
  const at::Tensor x = values.clone().requires_grad_();
  const at::Tensor y = layer_norm(x, w, b, 1e-5);
  y.backward(gradient);

  const at::Tensor reference_w = w.detach().clone().requires_grad_(), reference_b = b.detach().clone().requires_grad_();
  const at::Tensor reference_x = values.to(at::kFloat).requires_grad_();
  const at::Tensor reference = at::layer_norm(reference_x, {width()}, reference_w, reference_b, 1e-5);
  reference.backward(gradient.to(at::kFloat));
  EXPECT_TRUE(close_to(y.detach().to(at::kFloat), reference.detach(), kTolerance));
  EXPECT_TRUE(close_to(x.grad().to(at::kFloat), reference_x.grad(), kTolerance));
  EXPECT_TRUE(close_to(w.grad(), reference_w.grad(), 1e-4));
  EXPECT_TRUE(close_to(b.grad(), reference_b.grad(), 1e-4));
}

INSTANTIATE_TEST_SUITE_P(Widths, TransformerOps, testing::Values(64, 100, 192));

TEST(TransformerOpsInput, LeavesExactTypesToTheReference) {
  EXPECT_FALSE(can_fuse_transformer_op(at::zeros({2, 4})));
  EXPECT_FALSE(can_fuse_transformer_op(at::zeros({0, 4}, at::kBFloat16)));
  EXPECT_TRUE(can_fuse_transformer_op(at::zeros({2, 4}, at::kBFloat16)));
}

}  // namespace
}  // namespace fude::ops::cpu
