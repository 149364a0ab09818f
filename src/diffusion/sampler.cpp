#include "diffusion/sampler.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fude::diffusion {

at::Tensor step_noise(const SamplerContext& context, const at::Tensor& x, double sigma, double next) {
  return context.noise(sigma, next).to(x.options());
}

at::Tensor unguided_prediction(const SamplerContext& context, const at::Tensor& denoised) {
  return context.unguided ? context.unguided() : denoised;
}

StepLevels step_levels(std::span<const double> sigmas, int index) {
  const auto i = static_cast<std::size_t>(index);
  return {static_cast<float>(sigmas[i]), static_cast<float>(sigmas[i + 1])};
}

NoisyLatent churned(const SamplerContext& context, const at::Tensor& x, StepLevels levels, int count) {
  const SamplerOptions& options = context.options;
  const float sigma = levels.sigma;
  const at::Tensor noise = step_noise(context, x, sigma, levels.next);
  const double share = std::min(options.churn / count, std::numbers::sqrt2 - 1.0);
  if (!(share > 0.0 && options.churn_min <= sigma && sigma <= options.churn_max)) return {x, sigma};
  const float raised = sigma * static_cast<float>(share + 1.0);
  const float added = std::sqrt(raised * raised - sigma * sigma);
  return {x + noise * static_cast<float>(options.noise_scale) * added, raised};
}

AncestralStep ancestral_step(float sigma, float next, double eta) {
  if (eta == 0.0) return {next, 0.0F};
  const float squared = next * next;
  const float full = std::sqrt(squared * (sigma * sigma - squared) / (sigma * sigma));
  const float up = std::min(next, static_cast<float>(eta) * full);
  return {std::sqrt(squared - up * up), up};
}

at::Tensor variance_preserving(const at::Tensor& x, double sigma) { return x / std::sqrt(1.0 + sigma * sigma); }

at::Tensor starting_latent(const at::Tensor& noise, double sigma, bool full_variance) {
  const auto level = static_cast<float>(sigma);
  return noise * (full_variance ? std::sqrt(1.0F + level * level) : level);
}

}  // namespace fude::diffusion
