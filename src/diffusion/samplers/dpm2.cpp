#include "diffusion/float32.h"
#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {
namespace {

/// The geometric mean of two levels, rounded like torch.lerp of their logarithms.
float middle_level(float sigma, float next) {
  const float start = log32(sigma), end = log32(next);
  return exp32(end - (end - start) * 0.5F);
}

/// One midpoint step in sigma from `start` to `next` > 0.
at::Tensor midpoint_step(const Denoiser& denoise, const NoisyLatent& start, const at::Tensor& denoised, float next) {
  const float middle = middle_level(start.sigma, next);
  const at::Tensor halfway = start.x + slope_of(start.x, denoised, start.sigma) * (middle - start.sigma);
  return start.x + slope_of(halfway, denoise(halfway, middle), middle) * (next - start.sigma);
}

}  // namespace

at::Tensor sample_dpm2(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                       const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  for (int i = 0; i < count; ++i) {
    const StepLevels levels = step_levels(sigmas, i);
    const NoisyLatent start = churned(context, x, levels, count);
    const at::Tensor denoised = denoise(start.x, start.sigma);
    context.on_step({i, count, levels.sigma, denoised});
    if (levels.next == 0.0F) {
      x = start.x + slope_of(start.x, denoised, start.sigma) * (levels.next - start.sigma);
    } else {
      x = midpoint_step(denoise, start, denoised, levels.next);
    }
  }
  return x;
}

at::Tensor sample_dpm2_ancestral(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                 const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    const AncestralStep step = ancestral_step(sigma, next, context.options.eta);
    if (step.down == 0.0F) {
      x = x + slope_of(x, denoised, sigma) * (step.down - sigma);
      continue;
    }
    x = midpoint_step(denoise, {x, sigma}, denoised, step.down);
    x = x + step_noise(context, x, sigma, next) * static_cast<float>(context.options.noise_scale) * step.up;
  }
  return x;
}

}  // namespace fude::diffusion
