#pragma once

#include <ATen/ATen.h>

#include <functional>

namespace fude::diffusion {

/// Predicts the clean latent x0: (x [B,C,h,w] = x0 + sigma * noise, sigma > 0) -> [B,C,h,w].
using Denoiser = std::function<at::Tensor(const at::Tensor& x, double sigma)>;

/// The network behind a denoiser: (scaled latents [N,C,h,w], fractional timesteps [N], contexts [N,M,D]) -> [N,C,h,w].
using Network = std::function<at::Tensor(const at::Tensor& x, const at::Tensor& t, const at::Tensor& context)>;

}  // namespace fude::diffusion
