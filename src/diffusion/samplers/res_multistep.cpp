#include <cmath>

#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {
namespace {

double time_of(double sigma) { return -std::log(sigma); }

at::Tensor sample(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas, const SamplerContext& context,
                  double eta) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  at::Tensor last_denoised;
  double last_down = 0.0;
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    const AncestralStep levels = ancestral_step(sigma, next, eta);
    if (levels.down == 0.0F) {
      x = denoised;
    } else if (!last_denoised.defined()) {
      x = x + slope_of(x, denoised, sigma) * (levels.down - sigma);
    } else {
      const double step = time_of(levels.down) - time_of(sigma);
      // Where the older prediction lies, as a share of the step; negative.
      const double place = (time_of(sigmas[static_cast<std::size_t>(i) - 1]) - time_of(last_down)) / step;
      const double phi1 = std::expm1(-step) / -step;
      const double phi2 = (phi1 - 1.0) / -step;
      x = x * std::exp(-step) + (denoised * (phi1 - phi2 / place) + last_denoised * (phi2 / place)) * step;
    }
    if (levels.up > 0.0F && levels.down > 0.0F)
      x = x + step_noise(context, x, sigma, next) * static_cast<float>(context.options.noise_scale) * levels.up;
    last_denoised = denoised;
    last_down = levels.down;
  }
  return x;
}

}  // namespace

at::Tensor sample_res_multistep(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                const SamplerContext& context) {
  return sample(denoise, std::move(x), sigmas, context, 0.0);
}

at::Tensor sample_res_multistep_ancestral(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                          const SamplerContext& context) {
  return sample(denoise, std::move(x), sigmas, context, context.options.eta);
}

}  // namespace fude::diffusion
