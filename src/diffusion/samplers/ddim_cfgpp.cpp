#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {

at::Tensor sample_ddim_cfgpp(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                             const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    const AncestralStep step = ancestral_step(sigma, next, context.options.eta);
    const at::Tensor noise = step_noise(context, x, sigma, next);  // drawn in every case, as published
    x = denoised + slope_of(x, unguided_prediction(context, denoised), sigma) * step.down + noise * step.up;
  }
  return variance_preserving(x, sigmas.back());
}

}  // namespace fude::diffusion
