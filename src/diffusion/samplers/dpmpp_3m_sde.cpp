#include <cmath>

#include "diffusion/float32.h"
#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {
namespace {

/// A prediction and the length, in log sigma, of the step it was made for.
struct Past {
  at::Tensor denoised;
  float step = 0.0F;
};

/// What earlier predictions say about the course of the coming step of length `step` (`whole` with its noise share).
at::Tensor correction(const at::Tensor& denoised, const Past& last, const Past& before, float step, float whole) {
  const float phi2 = expm1_32(-whole) / whole + 1.0F;
  const float ratio = last.step / step;
  const at::Tensor slope = (denoised - last.denoised) / ratio;
  if (!before.denoised.defined()) return slope * phi2;
  const float ratio_before = before.step / step;
  const at::Tensor bend = slope - (last.denoised - before.denoised) / ratio_before;
  const float phi3 = phi2 / whole - 0.5F;
  const at::Tensor first = slope + bend * ratio / (ratio + ratio_before);
  return first * phi2 - bend / (ratio + ratio_before) * phi3;
}

}  // namespace

at::Tensor sample_dpmpp_3m_sde(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                               const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  const auto eta = static_cast<float>(context.options.eta);
  Past last, before;
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    if (next == 0.0F) {
      x = denoised;
      continue;
    }
    const float step = -log32(next) + log32(sigma);
    const float whole = step * (eta + 1.0F);
    x = x * exp32(-whole) - denoised * expm1_32(-whole);
    if (last.denoised.defined()) x = x + correction(denoised, last, before, step, whole);
    if (eta != 0.0F) {
      const float spread = std::sqrt(-expm1_32(-2.0F * step * eta));
      x = x + step_noise(context, x, sigma, next) * next * spread * static_cast<float>(context.options.noise_scale);
    }
    before = last;
    last = {denoised, step};
  }
  return x;
}

}  // namespace fude::diffusion
