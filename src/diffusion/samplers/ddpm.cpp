#include <cmath>

#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {

at::Tensor sample_ddpm(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                       const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    // The posterior of the next latent, given this one and the clean one.
    const float share = next * next / (sigma * sigma);
    x = denoised + (x - denoised) * share;
    if (next > 0.0F) {
      const float deviation = next * std::sqrt(1.0F - share);
      x = x + step_noise(context, x, sigma, next) * (deviation * static_cast<float>(context.options.noise_scale));
    }
  }
  return x;
}

}  // namespace fude::diffusion
