#pragma once

#include <ATen/ATen.h>

#include <functional>

namespace fude::diffusion {

/// What a network is told besides the latent and the time.
struct Conditioning {
  at::Tensor context;      // [N,M,D]: the text, attended to token by token
  at::Tensor vector = {};  // [N,V]: said of the whole picture at once; undefined for networks that take none
};

/// Predicts the clean latent x0: (x [B,C,h,w] = x0 + sigma * noise, sigma > 0) -> [B,C,h,w].
using Denoiser = std::function<at::Tensor(const at::Tensor& x, double sigma)>;

/// The network behind a denoiser: (scaled latents [N,C,h,w], fractional timesteps [N], conditioning of N) -> [N,C,h,w].
using Network = std::function<at::Tensor(const at::Tensor& x, const at::Tensor& t, const Conditioning& conditioning)>;

}  // namespace fude::diffusion
