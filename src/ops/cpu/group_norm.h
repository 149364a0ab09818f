#pragma once

#include <ATen/ATen.h>

#include "ops/cpu/group_norm_kernels.h"

namespace fude::ops::cpu {

/// GroupNorm of a picture-shaped tensor with an optional SiLU in the same pass (Wu & He 2018, arXiv:1803.08494, eq. 1
/// and 2).
struct GroupNormOptions {
  std::int64_t groups = 32;
  double epsilon = 1e-5;
  Activation activation = Activation::kNone;
};

/// Whether `group_norm` below takes this input: [B,C,H,W], not empty, float or bfloat16, on the CPU.
bool can_group_norm(const at::Tensor& x);

/// x [B,C,H,W] -> the same shape and type, in channels-last memory (x is brought there first when it is not).
/// weight, bias [C], any floating type. Sums are exact to float whatever x's type. Differentiable in x, weight and
/// bias. Precondition: can_group_norm(x) and C is a multiple of groups.
at::Tensor group_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                      const GroupNormOptions& options);

/// Of each channel, over all pixels.
struct ChannelMoments {
  at::Tensor mean, variance;  ///< [C], double
};

/// x [1,C,H,W]. Precondition: can_group_norm(x).
ChannelMoments channel_moments(const at::Tensor& x);

/// silu(scale * x + shift) of x [B,C,H,W] with float scale, shift [C]: x's shape and type, channels-last. No gradient.
/// Precondition: can_group_norm(x).
at::Tensor affine_silu(const at::Tensor& x, const at::Tensor& scale, const at::Tensor& shift);

}  // namespace fude::ops::cpu
