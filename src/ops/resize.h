#pragma once

#include <ATen/ATen.h>

namespace fude::ops {

/// x [B,C,H,W] -> [B,C,2H,2W], every pixel repeated in a 2x2 block.
at::Tensor upsample_nearest_2x(const at::Tensor& x);

/// x [B,C,H,W] -> [B,C,height,width] by nearest neighbour.
at::Tensor resize_nearest(const at::Tensor& x, int64_t height, int64_t width);

/// x [B,C,H,W] -> [B,C,height,width], each pixel a square whose colour is between those of the four centres around its
/// own; nothing widens where a picture shrinks.
at::Tensor resize_bilinear(const at::Tensor& x, int64_t height, int64_t width);

/// [B,C1,H,W], [B,C2,H,W] -> [B,C1+C2,H,W].
at::Tensor concat_channels(const at::Tensor& first, const at::Tensor& second);

/// x [B,C,H,W] -> [B,C,H+rows,W+columns], zeros after the last ones.
at::Tensor pad_end(const at::Tensor& x, int64_t rows, int64_t columns);

}  // namespace fude::ops
