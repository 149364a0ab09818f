#pragma once

#include <ATen/ATen.h>

namespace fude::ops {

/// x [B,C,H,W] -> [B,C,2H,2W], every pixel repeated in a 2x2 block.
at::Tensor upsample_nearest_2x(const at::Tensor& x);

/// x [B,C,H,W] -> [B,C,height,width] by nearest neighbour.
at::Tensor resize_nearest(const at::Tensor& x, int64_t height, int64_t width);

}  // namespace fude::ops
