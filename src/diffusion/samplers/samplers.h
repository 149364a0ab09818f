#pragma once

#include <ATen/ATen.h>

#include <span>

#include "diffusion/sampler.h"

namespace fude::diffusion {

// The samplers: each takes the noisy latent x [B,C,H,W] at sigmas[0] down the falling list to the latent at its last
// sigma, usually 0. All of them are pure: what they remember lives as long as the call.

/// Euler's method, Karras et al. 2022 (arXiv:2206.00364), algorithm 2 without the corrector. One prediction a step.
/// Draws one noise a step even without churn, as published.
at::Tensor sample_euler(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                        const SamplerContext& context);

/// Euler's method with noise added back after every step ("ancestral"; k-diffusion). One prediction a step, one
/// noise for every step but the one to 0. Like the web UI it has no use for noise_scale.
at::Tensor sample_euler_ancestral(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                  const SamplerContext& context);

/// DPM-Solver++(2M), Lu et al. 2022 (arXiv:2211.01095), algorithm 2 in data prediction. One prediction a step.
at::Tensor sample_dpmpp_2m(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                           const SamplerContext& context);

/// DPM-Solver++ of second order for the SDE (Lu et al. 2022, arXiv:2211.01095, with the midpoint at half the log
/// step; k-diffusion). Two predictions and two noises a step, one prediction for the step to 0.
at::Tensor sample_dpmpp_sde(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                            const SamplerContext& context);

}  // namespace fude::diffusion
