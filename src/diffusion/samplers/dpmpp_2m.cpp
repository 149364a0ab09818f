#include "diffusion/float32.h"
#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {

at::Tensor sample_dpmpp_2m(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                           const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  at::Tensor last_denoised;
  float last_time = 0.0F;
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    if (next == 0.0F) {
      x = denoised;
      continue;
    }
    const float time = -log32(sigma), next_time = -log32(next);
    const float step = next_time - time;
    at::Tensor extrapolated = denoised;
    if (last_denoised.defined()) {
      const float ratio = (time - last_time) / step;
      extrapolated = denoised * (1.0F + 1.0F / (2.0F * ratio)) - last_denoised * (1.0F / (2.0F * ratio));
    }
    x = x * (exp32(-next_time) / exp32(-time)) - extrapolated * expm1_32(-step);
    last_denoised = denoised;
    last_time = time;
  }
  return x;
}

}  // namespace fude::diffusion
