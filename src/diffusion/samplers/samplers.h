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

/// Heun's method, Karras et al. 2022 (arXiv:2206.00364), algorithm 2. Two predictions a step, one for the step to 0.
/// Draws one noise a step, see sample_euler.
at::Tensor sample_heun(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                       const SamplerContext& context);

/// One step of Heun's method from `start`, where `denoised` was predicted, to the level `next`.
at::Tensor heun_step(const Denoiser& denoise, const NoisyLatent& start, const at::Tensor& denoised, float next);

/// DPM-Solver-2 (Lu et al. 2022, arXiv:2206.00927, as a midpoint step in sigma; k-diffusion). Two predictions a step,
/// one for the step to 0. Draws one noise a step, see sample_euler.
at::Tensor sample_dpm2(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                       const SamplerContext& context);

/// DPM-Solver-2 with ancestral noise (k-diffusion). Two predictions and a noise a step, one prediction for the step
/// to 0.
at::Tensor sample_dpm2_ancestral(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                 const SamplerContext& context);

/// Linear multistep (Adams-Bashforth of order 4 over sigma, with the exact coefficients for uneven steps;
/// k-diffusion). One prediction a step.
at::Tensor sample_lms(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                      const SamplerContext& context);

/// DPM-Solver++(2S), Lu et al. 2022 (arXiv:2211.01095), algorithm 1, with ancestral noise (k-diffusion). Two
/// predictions and a noise a step, one prediction for the step to 0.
at::Tensor sample_dpmpp_2s_ancestral(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                     const SamplerContext& context);

/// SDE-DPM-Solver++(2M), Lu et al. 2022 (arXiv:2211.01095), section 5; the second function corrects like Heun's method
/// instead of at the midpoint (k-diffusion). One prediction and a noise a step.
at::Tensor sample_dpmpp_2m_sde(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                               const SamplerContext& context);
at::Tensor sample_dpmpp_2m_sde_heun(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                    const SamplerContext& context);

/// SDE-DPM-Solver++ of third order over three predictions (k-diffusion). One prediction and a noise a step.
at::Tensor sample_dpmpp_3m_sde(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                               const SamplerContext& context);

/// Restart sampling, Xu et al. 2023 (arXiv:2306.14878), on Heun's method: from 20 steps on it goes back up once or
/// twice with fresh noise, on levels of its own within the range of `sigmas`. As many steps as `sigmas` has.
at::Tensor sample_restart(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                          const SamplerContext& context);

/// DPM-Solver-fast, Lu et al. 2022 (arXiv:2206.00927), section 3.4, with ancestral noise: third-order steps, and lower
/// ones for the rest, evenly spaced in log sigma from sigmas[0] to the context's sigma_min (or the smallest positive of
/// the list). As many predictions as `sigmas` has steps, about a third as many steps and noises. Ends at sigma_min.
at::Tensor sample_dpm_fast(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                           const SamplerContext& context);

/// DPM-Solver-12/23 with adaptive steps, Lu et al. 2022 (arXiv:2206.00927), appendix C, with ancestral noise: three
/// predictions a step, as many steps as the error asks for, whatever the length of `sigmas`, over the range of
/// sample_dpm_fast. StepEvent::count is a guess. The error is that of the whole batch, as published: with this
/// sampler alone a picture depends on its neighbours in the batch.
at::Tensor sample_dpm_adaptive(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                               const SamplerContext& context);

/// DDIM, Song et al. 2020 (arXiv:2010.02502), which in terms of sigma is sample_euler_ancestral, with `eta` 0 by
/// convention. `sigmas` are levels of the model (see timestep_sigmas); their last is where it ends, and the latent
/// comes back scaled by 1 / sqrt(1 + sigma^2), as the variance-preserving original leaves it. One prediction and one
/// noise a step.
at::Tensor sample_ddim(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                       const SamplerContext& context);

/// DDIM for guidance by CFG++, Chung et al. 2024 (arXiv:2406.08070), algorithm 2: the noise it goes on with is the
/// unguided one. Levels and result as for sample_ddim. One prediction and one noise a step.
at::Tensor sample_ddim_cfgpp(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                             const SamplerContext& context);

/// UniPC, Zhao et al. 2023 (arXiv:2302.04867), algorithms 5 to 8 in data prediction: a predictor of the order asked for
/// and a corrector that spends no prediction of its own. `sigmas` are unipc_sigmas; the result is scaled as that of
/// sample_ddim. One prediction a step.
at::Tensor sample_unipc(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                        const SamplerContext& context);

/// Multistep consistency sampling, Song et al. 2023 (arXiv:2303.01469), algorithm 1, for latent consistency models
/// (Luo et al. 2023, arXiv:2310.04378): every prediction is taken for the picture and noised anew. One prediction a
/// step, one noise for every step but the one to 0.
at::Tensor sample_lcm(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                      const SamplerContext& context);

/// PLMS, Liu et al. 2022 (arXiv:2202.09778): linear multistep over the predicted noise with the coefficients for even
/// steps. Levels and result as for sample_ddim. One prediction a step, two for the first.
at::Tensor sample_plms(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                       const SamplerContext& context);

/// Euler's method for guidance by CFG++ (Chung et al. 2024, arXiv:2406.08070; k-diffusion form of ComfyUI): from the
/// guided prediction it goes on along the unguided noise; the second function adds noise back after every step. One
/// prediction a step.
at::Tensor sample_euler_cfgpp(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                              const SamplerContext& context);
at::Tensor sample_euler_ancestral_cfgpp(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                        const SamplerContext& context);

/// sample_dpmpp_2m for guidance by CFG++, see sample_euler_cfgpp. One prediction a step.
at::Tensor sample_dpmpp_2m_cfgpp(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                 const SamplerContext& context);

/// ER-SDE-Solver-3, Cui et al. 2023 (arXiv:2309.06169), with the noise function the authors recommend for `eta` 1 and
/// the deterministic path for `eta` 0. One prediction and one noise a step.
at::Tensor sample_er_sde(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                         const SamplerContext& context);

/// Refined exponential solver of second order over two predictions, Zhang et al. 2023 (arXiv:2308.02157); the second
/// function adds ancestral noise. One prediction a step.
at::Tensor sample_res_multistep(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                const SamplerContext& context);
at::Tensor sample_res_multistep_ancestral(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                          const SamplerContext& context);

/// Gradient estimation, Permenter and Yuan 2023 (arXiv:2306.04848), algorithm 1: Euler steps along a slope corrected by
/// the one before. One prediction a step.
at::Tensor sample_gradient_estimation(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                      const SamplerContext& context);

/// Strategic stochastic sampling, Zheng et al. 2024 (arXiv:2402.19159), algorithm 2, for trajectory consistency
/// models. `eta` is the paper's gamma: how far below the next level a step goes before noise brings it up again. Needs
/// the context's model. One prediction and one noise a step.
at::Tensor sample_tcd(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                      const SamplerContext& context);

/// iPNDM of order 4, Zhang and Chen 2022 (arXiv:2204.13902), eq. 38: linear multistep with the coefficients of equal
/// steps, started with lower orders; the second function has the coefficients of the true steps, as sample_lms. Both
/// end on the last prediction. One prediction a step.
at::Tensor sample_ipndm(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                        const SamplerContext& context);
at::Tensor sample_ipndm_v(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                          const SamplerContext& context);

/// tAB-DEIS of order 3, Zhang and Chen 2022 (arXiv:2204.13902), section 3.3: the predicted noise is extrapolated in the
/// time of the diffusion and integrated exactly in sigma. One prediction a step.
at::Tensor sample_deis(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                       const SamplerContext& context);

/// SA-Solver, Xue et al. 2023 (arXiv:2309.05019), algorithm 1: a stochastic Adams predictor of order 3 with a corrector
/// of order 4 that spends no prediction of its own; `eta` is the paper's tau. One prediction and one noise a step.
at::Tensor sample_sa_solver(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                            const SamplerContext& context);

/// Heun++ (Carzit, in ComfyUI): Euler steps along a mean of slopes at this level and the next two, weighed by their
/// sigmas. Three predictions a step, two for the last but one, one for the last. Draws one noise a step, see
/// sample_euler.
at::Tensor sample_heunpp2(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                          const SamplerContext& context);

/// Ancestral sampling of Ho et al. 2020 (arXiv:2006.11239), algorithm 2, with the variance of the posterior; what
/// sample_euler_ancestral does with `eta` 1. One prediction a step, one noise for every step but the one to 0.
at::Tensor sample_ddpm(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                       const SamplerContext& context);

}  // namespace fude::diffusion
