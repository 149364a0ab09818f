#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {

at::Tensor sample_euler_ancestral(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                  const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  for (int i = 0; i < count; ++i) {
    const auto sigma = static_cast<float>(sigmas[static_cast<std::size_t>(i)]);
    const auto next = static_cast<float>(sigmas[static_cast<std::size_t>(i) + 1]);
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    const AncestralStep step = ancestral_step(sigma, next, context.options.eta);
    const at::Tensor slope = (x - denoised) / sigma;
    x = x + slope * (step.down - sigma);
    if (next > 0.0F) x = x + step_noise(context, x, sigma, next) * step.up;
  }
  return x;
}

}  // namespace fude::diffusion
