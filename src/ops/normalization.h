#pragma once

#include <ATen/ATen.h>

namespace fude::ops {

/// Group normalisation (arXiv:1803.08494) of x [B,C,..] over `groups` equal groups of channels; weight and bias [C].
at::Tensor group_norm(const at::Tensor& x, int64_t groups, const at::Tensor& weight, const at::Tensor& bias,
                      double eps);

/// silu(group_norm(x)): the pair that stands before every convolution of the diffusion U-Net and the autoencoder.
at::Tensor group_norm_silu(const at::Tensor& x, int64_t groups, const at::Tensor& weight, const at::Tensor& bias,
                           double eps);

/// Layer normalisation over the last dimension of x [..,D]; weight and bias [D].
at::Tensor layer_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double eps);

/// Of each channel of x [1,C,H,W] over its pixels; [C], double.
struct ChannelMoments {
  at::Tensor mean, variance;
};
ChannelMoments channel_moments(const at::Tensor& x);

/// silu(scale * x + shift) of x [B,C,H,W] with scale, shift [C], fp32, as which it is computed; x's type. For
/// inference.
at::Tensor affine_silu(const at::Tensor& x, const at::Tensor& scale, const at::Tensor& shift);

}  // namespace fude::ops
