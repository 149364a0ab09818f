#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {

at::Tensor sample_euler(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                        const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  for (int i = 0; i < count; ++i) {
    const StepLevels levels = step_levels(sigmas, i);
    const NoisyLatent start = churned(context, x, levels, count);
    const at::Tensor denoised = denoise(start.x, start.sigma);
    context.on_step({i, count, levels.sigma, denoised});
    x = start.x + slope_of(start.x, denoised, start.sigma) * (levels.next - start.sigma);
  }
  return x;
}

}  // namespace fude::diffusion
