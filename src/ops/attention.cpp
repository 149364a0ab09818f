#include "ops/attention.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "ops/cpu/attention.h"
#include "ops/library_attention.h"

namespace fude::ops {
namespace {

constexpr int64_t kMaxScores = int64_t{64} << 20;  // elements: 256 MB of fp32

// [B,N,h*d] -> [B*h,N,d]
at::Tensor split_heads(const at::Tensor& x, int64_t heads) {
  const int64_t batch = x.size(0), tokens = x.size(1), depth = x.size(2) / heads;
  return x.reshape({batch, tokens, heads, depth}).transpose(1, 2).reshape({batch * heads, tokens, depth});
}

at::Tensor causal_mask(int64_t first_row, int64_t rows, int64_t columns, const at::TensorOptions& like) {
  return at::full({rows, columns}, -std::numeric_limits<float>::infinity(), like).triu(first_row + 1);
}

// The definition in ATen, differentiable; scores of at most kMaxScores at a time.
at::Tensor reference_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                               AttentionOptions options) {
  const int64_t batch = q.size(0), tokens = q.size(1), width = q.size(2), context = k.size(1);
  const int64_t depth = width / options.heads;
  const at::Tensor query = split_heads(q, options.heads) * (1.0 / std::sqrt(static_cast<double>(depth)));
  const at::Tensor key = split_heads(k, options.heads).transpose(1, 2);
  const at::Tensor value = split_heads(v, options.heads);

  const int64_t rows_at_once = std::max<int64_t>(1, kMaxScores / std::max<int64_t>(1, batch * options.heads * context));
  std::vector<at::Tensor> pieces;
  for (int64_t row = 0; row < tokens; row += rows_at_once) {
    const int64_t rows = std::min(rows_at_once, tokens - row);
    at::Tensor scores = at::bmm(query.narrow(1, row, rows), key);
    if (options.is_causal) scores = scores + causal_mask(row, rows, context, scores.options());
    pieces.push_back(at::bmm(at::softmax(scores, -1), value));
  }
  const at::Tensor out = pieces.size() == 1 ? pieces.front() : at::cat(pieces, 1);
  return out.reshape({batch, options.heads, tokens, depth}).transpose(1, 2).reshape({batch, tokens, width});
}

}  // namespace

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, AttentionOptions options) {
  if (cpu::can_attend(q, k, v)) return cpu::attention(q, k, v, options);
  if (!q.is_cpu()) {
    if (const std::optional<at::Tensor> out = library_attention(q, k, v, options)) return *out;
  }
  return reference_attention(q, k, v, options);
}

}  // namespace fude::ops
