#include "diffusion/float32.h"
#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {

at::Tensor sample_dpmpp_2s_ancestral(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                     const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    const AncestralStep step = ancestral_step(sigma, next, context.options.eta);
    if (step.down == 0.0F) {
      x = x + slope_of(x, denoised, sigma) * (step.down - sigma);
    } else {
      const float time = -log32(sigma), down_time = -log32(step.down);
      const float length = down_time - time;
      const float middle = time + length * 0.5F;
      const at::Tensor halfway = x * (exp32(-middle) / exp32(-time)) - denoised * expm1_32(-length * 0.5F);
      const at::Tensor denoised_halfway = denoise(halfway, exp32(-middle));
      x = x * (exp32(-down_time) / exp32(-time)) - denoised_halfway * expm1_32(-length);
    }
    if (next > 0.0F)
      x = x + step_noise(context, x, sigma, next) * static_cast<float>(context.options.noise_scale) * step.up;
  }
  return x;
}

}  // namespace fude::diffusion
