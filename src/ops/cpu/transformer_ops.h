#pragma once

#include <ATen/ATen.h>

namespace fude::ops::cpu {

/// Whether the functions below take this input: not empty, bfloat16, on the CPU. fp32 stays with the reference, which
/// is exact.
bool can_fuse_transformer_op(const at::Tensor& x);

/// As ops::geglu; differentiable. Precondition: can_fuse_transformer_op(x), an even last dimension.
at::Tensor geglu(const at::Tensor& x);

/// As ops::layer_norm, weight and bias of any floating type; differentiable. Precondition: can_fuse_transformer_op(x).
at::Tensor layer_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon);

}  // namespace fude::ops::cpu
