#include "diffusion/sampler.h"

#include <algorithm>
#include <cmath>

namespace fude::diffusion {

at::Tensor step_noise(const SamplerContext& context, const at::Tensor& x, double sigma, double next) {
  return context.noise(sigma, next).to(x.options());
}

AncestralStep ancestral_step(float sigma, float next, double eta) {
  if (eta == 0.0) return {next, 0.0F};
  const float squared = next * next;
  const float full = std::sqrt(squared * (sigma * sigma - squared) / (sigma * sigma));
  const float up = std::min(next, static_cast<float>(eta) * full);
  return {std::sqrt(squared - up * up), up};
}

at::Tensor starting_latent(const at::Tensor& noise, double sigma, bool full_variance) {
  const auto level = static_cast<float>(sigma);
  return noise * (full_variance ? std::sqrt(1.0F + level * level) : level);
}

}  // namespace fude::diffusion
