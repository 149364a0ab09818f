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

}  // namespace fude::ops
