#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {

at::Tensor sample_tcd(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                      const SamplerContext& context) {
  if (context.model == nullptr) fail(ErrorCode::kInvalidArgument, "TCD is run without the model's levels");
  const int count = static_cast<int>(sigmas.size()) - 1;
  const double eta = std::clamp(context.options.eta, 0.0, 1.0);
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    if (next == 0.0F) {
      x = denoised;
      continue;
    }
    // Down to a share of the next level's timestep, then up again with fresh noise.
    const double level = next, share = 1.0 - eta;
    const double lower = context.model->sigma_from_timestep(share * context.model->timestep_from_sigma(level));
    const double down = eta == 0.0 ? level : std::min(lower, level);
    x = denoised + slope_of(x, denoised, sigma) * down;
    const double up = std::sqrt(level * level - down * down) * context.options.noise_scale;
    if (up > 0.0) x = x + step_noise(context, x, sigma, next) * up;
  }
  return x;
}

}  // namespace fude::diffusion
