#include <algorithm>

#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {

at::Tensor sample_heunpp2(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                          const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  for (int i = 0; i < count; ++i) {
    const StepLevels levels = step_levels(sigmas, i);
    const NoisyLatent start = churned(context, x, levels, count);
    const at::Tensor denoised = denoise(start.x, start.sigma);
    context.on_step({i, count, levels.sigma, denoised});
    const at::Tensor first = slope_of(start.x, denoised, start.sigma);
    at::Tensor slope = first, mean = first;
    const int looks_ahead = std::min(2, count - 1 - i);
    NoisyLatent ahead = start;
    for (int look = 1; look <= looks_ahead; ++look) {
      const float sigma = step_levels(sigmas, i + look).sigma;
      ahead = {ahead.x + slope * (sigma - ahead.sigma), sigma};
      slope = slope_of(ahead.x, denoise(ahead.x, sigma), sigma);
      // The lower the level, the less its slope counts.
      const double weight = sigma / ((looks_ahead + 1) * sigmas.front());
      mean = mean + (slope - first) * weight;
    }
    x = start.x + mean * (levels.next - start.sigma);
  }
  return x;
}

}  // namespace fude::diffusion
