#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {
namespace {

at::Tensor sample(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas, const SamplerContext& context,
                  double eta) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    const AncestralStep step = ancestral_step(sigma, next, eta);
    x = denoised + slope_of(x, unguided_prediction(context, denoised), sigma) * step.down;
    if (step.up > 0.0F)
      x = x + step_noise(context, x, sigma, next) * static_cast<float>(context.options.noise_scale) * step.up;
  }
  return x;
}

}  // namespace

at::Tensor sample_euler_cfgpp(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                              const SamplerContext& context) {
  return sample(denoise, std::move(x), sigmas, context, 0.0);
}

at::Tensor sample_euler_ancestral_cfgpp(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                        const SamplerContext& context) {
  return sample(denoise, std::move(x), sigmas, context, context.options.eta);
}

}  // namespace fude::diffusion
