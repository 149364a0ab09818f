#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {

at::Tensor sample_lcm(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                      const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    x = denoise(x, sigma);
    context.on_step({i, count, sigma, x});
    if (next > 0.0F) x = x + step_noise(context, x, sigma, next) * next;
  }
  return x;
}

}  // namespace fude::diffusion
