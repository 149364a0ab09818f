#include "diffusion/float32.h"
#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {

at::Tensor sample_dpmpp_2m_cfgpp(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                 const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  at::Tensor last_unguided;
  float last_time = 0.0F;
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    if (next == 0.0F) {
      x = denoised;
      continue;
    }
    const at::Tensor unguided = unguided_prediction(context, denoised);
    const float time = -log32(sigma), step = -log32(next) - time;
    const float decay = exp32(-step);
    x = denoised + (x - unguided) * decay;
    if (last_unguided.defined()) {
      const float ratio = (time - last_time) / step;
      x = x - (denoised - last_unguided) * (expm1_32(-step) / (2.0F * ratio));
    }
    last_unguided = unguided;
    last_time = time;
  }
  return x;
}

}  // namespace fude::diffusion
