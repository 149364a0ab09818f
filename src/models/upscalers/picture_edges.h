#pragma once

#include <ATen/ATen.h>

namespace fude::models {

/// x [B,C,H,W] with sides that are multiples of `multiple`: what lies beyond the right and the lower edge mirrors the
/// picture, without its last pixels twice, again and again where the picture is small.
at::Tensor with_sides_of_multiple(const at::Tensor& x, int64_t multiple);

/// The part of `enlarged` that shows `picture`, which was enlarged by `scale` after it was filled up.
at::Tensor enlarged_part(const at::Tensor& enlarged, const at::Tensor& picture, int64_t scale);

}  // namespace fude::models
