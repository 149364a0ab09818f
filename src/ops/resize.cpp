#include "ops/resize.h"

#include "ops/cpu/picture_copies.h"

namespace fude::ops {

at::Tensor upsample_nearest_2x(const at::Tensor& x) { return resize_nearest(x, 2 * x.size(2), 2 * x.size(3)); }

at::Tensor resize_nearest(const at::Tensor& x, int64_t height, int64_t width) {
  if (cpu::can_copy_pictures({x})) return cpu::resize_nearest(x, height, width);
  return at::upsample_nearest2d(x, {height, width});
}

at::Tensor resize_bilinear(const at::Tensor& x, int64_t height, int64_t width) {
  return at::upsample_bilinear2d(x, {height, width}, /*align_corners=*/false);
}

at::Tensor concat_channels(const at::Tensor& first, const at::Tensor& second) {
  if (first.scalar_type() == second.scalar_type() && cpu::can_copy_pictures({first, second}))
    return cpu::concat_channels(first, second);
  return at::cat({first, second}, 1);
}

at::Tensor pad_end(const at::Tensor& x, int64_t rows, int64_t columns) {
  if (cpu::can_copy_pictures({x})) return cpu::pad_end(x, rows, columns);
  return at::constant_pad_nd(x, {0, columns, 0, rows});
}

}  // namespace fude::ops
