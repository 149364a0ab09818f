#pragma once

#include <ATen/ATen.h>

#include <optional>

#include "ops/attention.h"

namespace fude::ops {

/// attention() by the tensor library's own fused kernels, which on GPUs keep no matrix of scores. Absent where there
/// are none: in libtorch before 2.0, and for heads wider than such kernels take, for which it would keep all scores.
std::optional<at::Tensor> library_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                            AttentionOptions options);

}  // namespace fude::ops
