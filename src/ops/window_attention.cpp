#include "ops/window_attention.h"

#include <algorithm>
#include <cmath>

#include "ops/cpu/share_out.h"

namespace fude::ops {
namespace {

constexpr double kAcrossRegions = -100;
constexpr int64_t kScoresAtOnce = int64_t{1} << 18;

// [W,N,h*d] -> [W,h,N,d]
at::Tensor split_heads(const at::Tensor& x, int64_t heads) {
  return x.reshape({x.size(0), x.size(1), heads, x.size(2) / heads}).transpose(1, 2);
}

at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& regions,
                  const WindowAttentionOptions& options) {
  const double scale = 1 / std::sqrt(static_cast<double>(q.size(2) / options.heads));
  const at::Tensor query = split_heads(q * scale, options.heads), key = split_heads(k, options.heads);
  at::Tensor scores = at::matmul(query, key.transpose(2, 3)).to(at::kFloat) + options.bias.to(at::kFloat);
  if (regions.defined()) {
    const at::Tensor differ = regions.unsqueeze(2).ne(regions.unsqueeze(1)).unsqueeze(1);
    scores.add_(differ.to(at::kFloat), kAcrossRegions);
  }
  const at::Tensor seen = at::matmul(at::softmax(scores, -1).to(v.scalar_type()), split_heads(v, options.heads));
  return seen.transpose(1, 2).reshape(q.sizes());
}

}  // namespace

at::Tensor window_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            const WindowAttentionOptions& options) {
  const int64_t windows = q.size(0);
  const int64_t scores = options.heads * q.size(1) * k.size(1);
  const int64_t at_once = std::max<int64_t>(1, kScoresAtOnce / std::max<int64_t>(1, scores));
  at::Tensor out = at::empty(q.sizes(), q.options());
  const auto task = [&](int64_t begin, int64_t end) {
    const at::InferenceMode no_gradient;
    const auto part = [&](const at::Tensor& x) { return x.defined() ? x.narrow(0, begin, end - begin) : x; };
    part(out).copy_(attend(part(q), part(k), part(v), part(options.regions), options));
  };
  if (q.is_cpu()) {
    cpu::parallel_pieces(windows, at_once, task);
  } else {
    for (int64_t first = 0; first < windows; first += at_once * 16)
      task(first, std::min(first + at_once * 16, windows));
  }
  return out;
}

}  // namespace fude::ops
