#pragma once

#include <ATen/ATen.h>

#include <initializer_list>

namespace fude::ops::cpu {

/// Copies of picture-shaped tensors [B,C,H,W] in channels-last memory, where a pixel's channels are one run of bytes:
/// bit for bit what the reference makes of any type.

/// Whether the functions below take these inputs: channels-last, not empty, on the CPU, no gradient needed.
bool can_copy_pictures(std::initializer_list<at::Tensor> inputs);

/// [B,C1,H,W], [B,C2,H,W] of one type -> [B,C1+C2,H,W].
at::Tensor concat_channels(const at::Tensor& first, const at::Tensor& second);

/// By nearest neighbour, as at::upsample_nearest2d chooses it.
at::Tensor resize_nearest(const at::Tensor& x, std::int64_t height, std::int64_t width);

/// `rows` and `columns` of zeros after the last ones.
at::Tensor pad_end(const at::Tensor& x, std::int64_t rows, std::int64_t columns);

}  // namespace fude::ops::cpu
