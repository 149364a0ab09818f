#include "ops/cpu/transformer_ops.h"

#include <gtest/gtest.h>

#include "tests/support/compute_threads.h"
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

TEST_P(TransformerOps, FloatAgreesWithTheReferenceInInference) {
  const at::Tensor x = at::randn({3, 11, 2 * width()}) * 2 + 1;
  const at::Tensor w = at::randn({2 * width()}), b = at::randn({2 * width()});
  EXPECT_TRUE(close_to(layer_norm(x, w, b, 1e-5), at::layer_norm(x, {2 * width()}, w, b, 1e-5), 2e-6));
  const auto halves = x.chunk(2, -1);
  EXPECT_TRUE(close_to(geglu(x), halves[0] * at::gelu(halves[1]), 2e-6));
}

INSTANTIATE_TEST_SUITE_P(OddWidths, TransformerOps, testing::Values(17, 331));

TEST(TransformerOpsInput, LeavesTrainingInFloatToTheReference) {
  EXPECT_FALSE(can_fuse_transformer_op(at::zeros({2, 4}).requires_grad_()));
  EXPECT_FALSE(can_fuse_transformer_op(at::zeros({0, 4}, at::kBFloat16)));
  EXPECT_FALSE(can_fuse_transformer_op(at::zeros({2, 4}, at::kDouble)));
  EXPECT_TRUE(can_fuse_transformer_op(at::zeros({2, 4}, at::kBFloat16).requires_grad_()));
  EXPECT_TRUE(can_fuse_transformer_op(at::zeros({2, 4})));
}

TEST(Activate, AgreesWithTheReferenceInAnyMemoryOrder) {
  at::manual_seed(3);
  const at::Tensor x = at::randn({2, 5, 70, 120}).mul_(4).contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor y = activate(Activation::kSilu, x);
  EXPECT_EQ(y.strides(), x.strides());
  EXPECT_TRUE(close_to(y, at::silu(x), 1e-6));
  EXPECT_TRUE(close_to(activate(Activation::kGelu, x), at::gelu(x), 1e-6));
  EXPECT_TRUE(close_to(activate(Activation::kQuickGelu, x), x * at::sigmoid(x * 1.702), 1e-6));
  EXPECT_FALSE(can_activate(x.slice(3, 0, 120, 2)));
  EXPECT_FALSE(can_activate(at::zeros({3}).requires_grad_()));
}

TEST(TransformerOpsThreads, DoNotChangeAByte) {
  const at::Tensor x = at::randn({700, 128}, at::kBFloat16), w = at::randn({128}), b = at::randn({128});
  const auto run = [&](int threads) {
    const tests::ComputeThreads guard(threads);
    return std::vector<at::Tensor>{layer_norm(x, w, b, 1e-5), geglu(x), activate(Activation::kGelu, x)};
  };
  const auto alone = run(1), shared = run(3);
  for (std::size_t i = 0; i < alone.size(); ++i) EXPECT_TRUE(alone[i].equal(shared[i]));
}

}  // namespace
}  // namespace fude::ops::cpu
