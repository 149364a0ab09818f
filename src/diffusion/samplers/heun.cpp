#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {

at::Tensor sample_heun(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                       const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  for (int i = 0; i < count; ++i) {
    const StepLevels levels = step_levels(sigmas, i);
    const NoisyLatent start = churned(context, x, levels, count);
    const at::Tensor denoised = denoise(start.x, start.sigma);
    context.on_step({i, count, levels.sigma, denoised});
    x = heun_step(denoise, start, denoised, levels.next);
  }
  return x;
}

at::Tensor heun_step(const Denoiser& denoise, const NoisyLatent& start, const at::Tensor& denoised, float next) {
  const at::Tensor slope = slope_of(start.x, denoised, start.sigma);
  const at::Tensor ahead = start.x + slope * (next - start.sigma);
  if (next == 0.0F) return ahead;  // the corrector divides by the next sigma
  const at::Tensor slope_ahead = slope_of(ahead, denoise(ahead, next), next);
  return start.x + (slope + slope_ahead) / 2 * (next - start.sigma);
}

}  // namespace fude::diffusion
