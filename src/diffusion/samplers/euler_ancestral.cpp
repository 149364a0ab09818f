#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {

at::Tensor sample_euler_ancestral(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                  const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    const AncestralStep step = ancestral_step(sigma, next, context.options.eta);
    x = x + slope_of(x, denoised, sigma) * (step.down - sigma);
    if (next > 0.0F) x = x + step_noise(context, x, sigma, next) * step.up;
  }
  return x;
}

}  // namespace fude::diffusion
