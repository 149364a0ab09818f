#include "ops/attention.h"

#include <gtest/gtest.h>

#include <cmath>

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

}  // namespace
}  // namespace fude::ops
