#include "ops/attention.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ops/cpu/thread_pool.h"
#include "tests/support/golden.h"

namespace fude::ops {
namespace {

at::Tensor wave(at::IntArrayRef shape, double step) {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  return at::sin(at::arange(count, at::kDouble) * step).reshape(shape);
}

// The definition, one row at a time.
at::Tensor plain_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, bool is_causal) {
  at::Tensor out = at::zeros_like(q);
  for (int64_t n = 0; n < q.size(1); ++n) {
    const int64_t seen = is_causal ? n + 1 : k.size(1);
    const at::Tensor scores = at::matmul(k[0].narrow(0, 0, seen), q[0][n]) / std::sqrt(static_cast<double>(q.size(2)));
    out[0][n].copy_(at::matmul(at::softmax(scores, 0), v[0].narrow(0, 0, seen)));
  }
  return out;
}

TEST(Attention, FollowsItsDefinition) {
  const at::Tensor q = wave({1, 5, 6}, 0.7), k = wave({1, 7, 6}, 0.31), v = wave({1, 7, 6}, 1.3);
  EXPECT_TRUE(tests::close_to(attention(q, k, v, {}), plain_attention(q, k, v, false), 1e-12));
}

TEST(Attention, HidesTheFutureWhenCausal) {
  const at::Tensor q = wave({1, 7, 6}, 0.7), k = wave({1, 7, 6}, 0.31), v = wave({1, 7, 6}, 1.3);
  EXPECT_TRUE(tests::close_to(attention(q, k, v, {.is_causal = true}), plain_attention(q, k, v, true), 1e-12));
}

TEST(Attention, TreatsHeadsApart) {
  const at::Tensor q = wave({1, 5, 6}, 0.7), k = wave({1, 7, 6}, 0.31), v = wave({1, 7, 6}, 1.3);
  const at::Tensor both = attention(q, k, v, {.heads = 2});
  const at::Tensor second = plain_attention(q.narrow(2, 3, 3), k.narrow(2, 3, 3), v.narrow(2, 3, 3), false);
  EXPECT_TRUE(tests::close_to(both.narrow(2, 3, 3), second, 1e-12));
}

TEST(Attention, GivesTheSameInPiecesAsAtOnce) {
  // 9000 x 9000 scores are more than are kept at a time.
  const at::Tensor q = wave({1, 9000, 2}, 0.7).to(at::kFloat), k = wave({1, 9000, 2}, 0.31).to(at::kFloat);
  const at::Tensor all = attention(q, k, k, {});
  const at::Tensor last = attention(q.narrow(1, 8990, 10), k, k, {});
  EXPECT_TRUE(tests::close_to(all.narrow(1, 8990, 10), last, 1e-5));
}

class AttentionOfType : public testing::TestWithParam<at::ScalarType> {
 protected:
  AttentionOfType() { at::manual_seed(3); }
  static at::Tensor normal(at::IntArrayRef shape) { return at::randn(shape).to(GetParam()); }
  // bfloat16 rounds weights and results to 2^-9.
  static double tolerance() { return GetParam() == at::kFloat ? 1e-5 : 4e-2; }
};

TEST_P(AttentionOfType, AgreesWithTheDefinitionForSlicesOfAWiderTensor) {
  const at::Tensor qkv = normal({2, 45, 3 * 4 * 24});
  const auto parts = qkv.chunk(3, 2);
  for (const bool is_causal : {false, true}) {
    const AttentionOptions options{.heads = 4, .is_causal = is_causal};
    const at::Tensor found = attention(parts[0], parts[1], parts[2], options);
    EXPECT_EQ(found.scalar_type(), GetParam());
    const at::Tensor exact =
        attention(parts[0].to(at::kDouble), parts[1].to(at::kDouble), parts[2].to(at::kDouble), options);
    EXPECT_TRUE(tests::close_to(found.to(at::kDouble), exact, tolerance()));
  }
}

TEST_P(AttentionOfType, TakesRowsWhoseNumbersLieApart) {
  const at::Tensor x = normal({1, 16, 20});
  const at::Tensor turned = x.transpose(1, 2).contiguous().transpose(1, 2);
  EXPECT_TRUE(at::equal(attention(turned, turned, turned, {}), attention(x, x, x, {})));
}

TEST_P(AttentionOfType, GivesAPictureTheSameInABatchAsAlone) {
  const at::Tensor q = normal({3, 70, 80}), k = normal({3, 77, 80}), v = normal({3, 77, 80});
  const at::Tensor together = attention(q, k, v, {.heads = 2});
  for (int64_t i = 0; i < 3; ++i) {
    const at::Tensor alone = attention(q.narrow(0, i, 1), k.narrow(0, i, 1), v.narrow(0, i, 1), {.heads = 2});
    EXPECT_TRUE(at::equal(together.narrow(0, i, 1), alone));
  }
}

TEST_P(AttentionOfType, GivesTheSameWithAnyNumberOfThreads) {
  const at::Tensor q = normal({2, 300, 80}), k = normal({2, 500, 80});
  const int threads = cpu::compute_pool().threads();
  cpu::set_compute_threads(1);
  const at::Tensor alone = attention(q, k, k, {.heads = 2});
  cpu::set_compute_threads(3);
  const at::Tensor shared = attention(q, k, k, {.heads = 2});
  cpu::set_compute_threads(threads);
  EXPECT_TRUE(at::equal(alone, shared));
}

TEST_P(AttentionOfType, TakesMoreHeadsThanArePackedAtATime) {
  const at::Tensor q = normal({1, 1, 40 * 64}), k = normal({1, 2048, 40 * 64});
  const at::Tensor all = attention(q, k, k, {.heads = 40});
  const at::Tensor last_head = k.narrow(2, 39 * 64, 64);
  EXPECT_TRUE(at::equal(all.narrow(2, 39 * 64, 64), attention(q.narrow(2, 39 * 64, 64), last_head, last_head, {})));
}

TEST_P(AttentionOfType, GivesNotANumberToThePictureThatHoldsOne) {
  const at::Tensor x = normal({2, 40, 16});
  x[1][7][3] = std::nan("");
  const at::Tensor y = attention(x, x, x, {});
  EXPECT_FALSE(at::isnan(y[0]).any().item<bool>());
  EXPECT_TRUE(at::isnan(y[1]).all().item<bool>());
}

TEST_P(AttentionOfType, StaysDifferentiable) {
  const at::Tensor x = normal({1, 9, 8}).requires_grad_();
  attention(x, x, x, {.heads = 2}).to(at::kFloat).square().sum().backward();
  EXPECT_GT(x.grad().abs().max().item<double>(), 0);
}

INSTANTIATE_TEST_SUITE_P(Types, AttentionOfType, testing::Values(at::kFloat, at::kBFloat16));

}  // namespace
}  // namespace fude::ops
