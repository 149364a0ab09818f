#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {

at::Tensor sample_gradient_estimation(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                      const SamplerContext& context) {
  constexpr double kGamma = 2.0;  // share of the newest slope, as published
  const int count = static_cast<int>(sigmas.size()) - 1;
  at::Tensor last_slope;
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    if (next == 0.0F) {
      x = denoised;
      continue;
    }
    const at::Tensor slope = slope_of(x, denoised, sigma);
    const at::Tensor mean = last_slope.defined() ? slope * kGamma + last_slope * (1.0 - kGamma) : slope;
    x = x + mean * (next - sigma);
    last_slope = slope;
  }
  return x;
}

}  // namespace fude::diffusion
