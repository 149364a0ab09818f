#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <limits>
#include <span>

#include "diffusion/denoiser.h"
#include "diffusion/model_schedule.h"

namespace fude::diffusion {

/// Standard normal noise [B,C,H,W] for the step from `sigma` to `next`. Samplers that follow a stochastic differential
/// equation need increments of one path (BrownianNoise); the others take any independent draw (ImageRng).
using StepNoise = std::function<at::Tensor(double sigma, double next)>;

/// What a sampler knows in the middle of step `index` of 0 .. count-1: the latest prediction of the clean latent.
struct StepEvent {
  int index;
  int count;
  double sigma;
  at::Tensor denoised;
};

/// Called once a step, after its first prediction. May throw Error(kCancelled), which ends the sampling.
using StepObserver = std::function<void(const StepEvent&)>;

/// How UniPC weighs its points: B(h) = h, B(h) = e^h - 1, or coefficients that vary with the order.
enum class UniPcVariant { kBh1, kBh2, kVaryCoeff };

struct UniPcOptions {
  UniPcVariant variant = UniPcVariant::kBh1;
  int order = 3;                    // 1 and more; a run of fewer steps has as low an order
  bool lowers_order_at_end = true;  // the last steps, which are the largest in log sigma
};

/// What a user may change in a sampler. Samplers ignore what their method has no place for.
struct SamplerOptions {
  double eta = 1.0;          // share of ancestral or SDE noise, 0 (none) .. 1 (full)
  double noise_scale = 1.0;  // "s_noise": factor of every noise added on the way
  double churn = 0.0;        // "s_churn" of Karras et al.: noise added before a step, summed over all steps; Euler
  double churn_min = 0.0;    // "s_tmin", "s_tmax": the sigmas between which churn is added
  double churn_max = std::numeric_limits<double>::infinity();
  UniPcOptions unipc = {};
};

/// Everything a sampler uses besides the denoiser, the latent and the noise levels.
struct SamplerContext {
  SamplerOptions options = {};
  StepNoise noise = {};
  StepObserver on_step = [](const StepEvent&) {};
  double sigma_min = 0.0;  // where samplers that choose their own levels end; 0: the smallest positive of the list
  const ModelSchedule* model = nullptr;       // the network's own levels, for samplers that count in its timesteps
  std::function<at::Tensor()> unguided = {};  // the unguided half of the latest prediction, [B,C,H,W]; absent: there
                                              // is no guidance
};

/// What the latest prediction would have been without guidance; `denoised`, that prediction, where none is told.
at::Tensor unguided_prediction(const SamplerContext& context, const at::Tensor& denoised);

/// Noise of the context in x's type and on x's device.
at::Tensor step_noise(const SamplerContext& context, const at::Tensor& x, double sigma, double next);

/// The noise levels a step walks between.
struct StepLevels {
  float sigma;
  float next;
};

/// The levels of step `index` of a list.
StepLevels step_levels(std::span<const double> sigmas, int index);

/// The slope dx/dsigma of the path through x at `sigma`.
inline at::Tensor slope_of(const at::Tensor& x, const at::Tensor& denoised, float sigma) {
  return (x - denoised) / sigma;
}

/// A latent and its noise level.
struct NoisyLatent {
  at::Tensor x;
  float sigma;
};

/// Raises the noise of x before a step by the context's churn, of which each of `count` steps has its share (Karras et
/// al. 2022, algorithm 2). Draws one noise in every case, as published.
NoisyLatent churned(const SamplerContext& context, const at::Tensor& x, StepLevels levels, int count);

/// The noise level a step walks down to and the noise it then adds, so that it arrives at the next level.
struct AncestralStep {
  float down;
  float up;
};

/// Splits the step from `sigma` to `next` for the share `eta` of noise.
AncestralStep ancestral_step(float sigma, float next, double eta);

/// x at `sigma`, scaled from unit signal to unit variance: x / sqrt(1 + sigma^2).
at::Tensor variance_preserving(const at::Tensor& x, double sigma);

/// The latent to start from: unit noise scaled to the first sigma. `full_variance` ("SGM noise multiplier") scales by
/// sqrt(1 + sigma^2), as if the clean latent had unit variance.
at::Tensor starting_latent(const at::Tensor& noise, double sigma, bool full_variance = false);

}  // namespace fude::diffusion
