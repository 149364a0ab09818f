#include <cmath>

#include "diffusion/float32.h"
#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {
namespace {

enum class Correction { kMidpoint, kHeun };

at::Tensor sample(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas, const SamplerContext& context,
                  Correction correction) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  const auto eta = static_cast<float>(context.options.eta);
  at::Tensor last_denoised;
  float last_step = 0.0F;
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    if (next == 0.0F) {
      x = denoised;
      continue;
    }
    const float step = -log32(next) + log32(sigma);
    const float noise_step = eta * step;
    const float whole = -step - noise_step;
    const float gain = -expm1_32(whole);
    x = x * (next / sigma * exp32(-noise_step)) + denoised * gain;
    if (last_denoised.defined()) {
      const float weight = correction == Correction::kHeun ? gain / whole + 1.0F : 0.5F * gain;
      x = x + (denoised - last_denoised) * (weight * (1.0F / (last_step / step)));
    }
    if (eta != 0.0F) {
      const float spread = std::sqrt(-expm1_32(-2.0F * noise_step));
      x = x + step_noise(context, x, sigma, next) * next * spread * static_cast<float>(context.options.noise_scale);
    }
    last_denoised = denoised;
    last_step = step;
  }
  return x;
}

}  // namespace

at::Tensor sample_dpmpp_2m_sde(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                               const SamplerContext& context) {
  return sample(denoise, std::move(x), sigmas, context, Correction::kMidpoint);
}

at::Tensor sample_dpmpp_2m_sde_heun(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                                    const SamplerContext& context) {
  return sample(denoise, std::move(x), sigmas, context, Correction::kHeun);
}

}  // namespace fude::diffusion
