#include "ops/window_attention.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace fude::ops {
namespace {

at::Tensor numbers(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t side : shape) count *= side;
  return ((at::arange(count) * 37 % 101).to(at::kFloat) / 50 - 1).view(shape);
}

TEST(WindowAttention, IsSoftmaxOfScoresAndBias) {
  const at::Tensor q = numbers({300, 4, 6}), k = numbers({300, 9, 6}) * 0.5, v = numbers({300, 9, 6}) + 1;
  const at::Tensor bias = numbers({2, 4, 9});
  const at::Tensor out = window_attention(q, k, v, {.heads = 2, .bias = bias, .regions = {}});
  for (int64_t head = 0; head < 2; ++head) {
    const auto part = [&](const at::Tensor& x) { return x.narrow(2, 3 * head, 3); };
    const at::Tensor scores = at::matmul(part(q), part(k).transpose(1, 2)) / std::sqrt(3.0) + bias[head];
    EXPECT_TRUE(at::allclose(part(out), at::matmul(at::softmax(scores, -1), part(v)), 1e-4, 1e-5));
  }
}

TEST(WindowAttention, HardlyLooksIntoOtherRegions) {
  const at::Tensor q = numbers({2, 4, 6}), v = numbers({2, 4, 6});
  const at::Tensor bias = at::zeros({1, 4, 4});
  const at::Tensor regions = at::tensor({0, 0, 0, 1, 5, 5, 5, 5}).view({2, 4});
  const at::Tensor out = window_attention(q, q, v, {.heads = 1, .bias = bias, .regions = regions});
  EXPECT_TRUE(at::allclose(out[0][3], v[0][3], 1e-4, 1e-5));
  const at::Tensor alone = window_attention(q, q, v, {.heads = 1, .bias = bias, .regions = {}});
  EXPECT_TRUE(at::allclose(out[1], alone[1], 1e-4, 1e-5));
}

}  // namespace
}  // namespace fude::ops
