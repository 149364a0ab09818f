#pragma once

#include <ATen/ATen.h>

#include "ops/cpu/row_kernels.h"

namespace fude::ops::cpu {

/// Whether the functions below take this input: not empty, on the CPU, bfloat16, or float that needs no gradient
/// (training in float stays with the reference).
bool can_fuse_transformer_op(const at::Tensor& x);

/// As ops::geglu; differentiable for bfloat16. Precondition: can_fuse_transformer_op(x), an even last dimension.
at::Tensor geglu(const at::Tensor& x);

/// As ops::layer_norm, weight and bias of any floating type; differentiable for bfloat16. Precondition:
/// can_fuse_transformer_op(x), and for float that neither weight nor bias needs a gradient.
at::Tensor layer_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon);

/// Whether `activate` takes this input: float or bfloat16 on the CPU, dense, no gradient needed.
bool can_activate(const at::Tensor& x);

/// The function of every element, in x's memory order. Precondition: can_activate(x).
at::Tensor activate(Activation activation, const at::Tensor& x);

}  // namespace fude::ops::cpu
