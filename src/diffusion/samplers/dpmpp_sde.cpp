#include "diffusion/float32.h"
#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {
namespace {

/// The exponential integrator's step from time `from` to time `to` (-log sigma) with a constant prediction.
at::Tensor integrate(const at::Tensor& x, const at::Tensor& denoised, float from, float to) {
  return x * (exp32(-to) / exp32(-from)) - denoised * expm1_32(from - to);
}

/// Walks from time `from` down past `to` and adds noise back, so that the result has the noise level of `to`.
at::Tensor stochastic_step(const SamplerContext& context, const at::Tensor& x, const at::Tensor& denoised, float from,
                           float to) {
  const float sigma = exp32(-from), next = exp32(-to);
  const AncestralStep step = ancestral_step(sigma, next, context.options.eta);
  const at::Tensor moved = integrate(x, denoised, from, -log32(step.down));
  return moved + step_noise(context, x, sigma, next) * static_cast<float>(context.options.noise_scale) * step.up;
}

}  // namespace

at::Tensor sample_dpmpp_sde(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                            const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    if (next == 0.0F) {
      x = x + slope_of(x, denoised, sigma) * (next - sigma);
      continue;
    }
    const float time = -log32(sigma), next_time = -log32(next);
    const float middle = time + (next_time - time) * 0.5F;
    const at::Tensor ahead = stochastic_step(context, x, denoised, time, middle);
    // With the midpoint at half the step its prediction stands for the whole step.
    const at::Tensor denoised_ahead = denoise(ahead, exp32(-middle));
    x = stochastic_step(context, x, denoised_ahead, time, next_time);
  }
  return x;
}

}  // namespace fude::diffusion
