#include "ops/elementwise.h"

#include <algorithm>

#include "ops/cpu/share_out.h"

namespace fude::ops {
namespace {

// Whether x is worth sharing out: its numbers lie without gaps in the CPU's memory, and nobody follows gradients.
bool is_shareable(const at::Tensor& x) {
  return x.is_cpu() && x.dim() == 4 && x.is_contiguous(at::MemoryFormat::ChannelsLast) && !cpu::needs_gradient({x});
}

// [B,C,H,W] channels-last as [pixels,C], without a copy.
at::Tensor rows_of(const at::Tensor& x) { return x.permute({0, 2, 3, 1}).reshape({-1, x.size(1)}); }

// task(first, count) for pieces of the pixels, in parallel.
template <typename Task>
void for_pixels(const at::Tensor& x, const Task& task) {
  const int64_t pixels = x.size(0) * x.size(2) * x.size(3);
  const int64_t piece = std::max<int64_t>(1, cpu::kElementsAtOnce / std::max<int64_t>(1, x.size(1)));
  cpu::parallel_pieces(pixels, piece, [&](int64_t begin, int64_t end) {
    const at::InferenceMode no_gradient;
    task(begin, end - begin);
  });
}

at::Tensor reference_prelu(const at::Tensor& x, const at::Tensor& slopes) {
  return x.clamp_min(0) + x.clamp_max(0) * slopes.to(x.scalar_type()).view({1, -1, 1, 1});
}

}  // namespace

at::Tensor leaky_relu(const at::Tensor& x, double slope) {
  if (!is_shareable(x)) return at::leaky_relu(x, slope);
  at::Tensor y = at::empty_like(x);
  const at::Tensor from = rows_of(x), to = rows_of(y);
  for_pixels(x, [&](int64_t first, int64_t count) {
    at::Tensor part = to.narrow(0, first, count);
    at::leaky_relu_out(part, from.narrow(0, first, count), slope);
  });
  return y;
}

at::Tensor prelu(const at::Tensor& x, const at::Tensor& slopes) {
  if (!is_shareable(x)) return reference_prelu(x, slopes);
  at::Tensor y = at::empty_like(x);
  const at::Tensor from = rows_of(x), to = rows_of(y), row = slopes.to(x.scalar_type());
  for_pixels(x, [&](int64_t first, int64_t count) {
    const at::Tensor part = from.narrow(0, first, count);
    to.narrow(0, first, count).copy_(part.clamp_min(0) + part.clamp_max(0) * row);
  });
  return y;
}

at::Tensor add_scaled(const at::Tensor& base, const at::Tensor& change, double factor) {
  if (!is_shareable(base) || !is_shareable(change) || base.sizes() != change.sizes()) return base + change * factor;
  at::Tensor sum = at::empty_like(base);
  const at::Tensor first_rows = rows_of(base), second_rows = rows_of(change), to = rows_of(sum);
  for_pixels(base, [&](int64_t first, int64_t count) {
    at::Tensor part = to.narrow(0, first, count);
    at::add_out(part, first_rows.narrow(0, first, count), second_rows.narrow(0, first, count), factor);
  });
  return sum;
}

}  // namespace fude::ops
