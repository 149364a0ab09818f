#include <algorithm>
#include <cmath>
#include <numbers>

#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {

at::Tensor sample_euler(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                        const SamplerContext& context) {
  const SamplerOptions& options = context.options;
  const int count = static_cast<int>(sigmas.size()) - 1;
  const double churn = std::min(options.churn / std::max(count, 1), std::numbers::sqrt2 - 1.0);
  for (int i = 0; i < count; ++i) {
    const auto sigma = static_cast<float>(sigmas[static_cast<std::size_t>(i)]);
    const auto next = static_cast<float>(sigmas[static_cast<std::size_t>(i) + 1]);
    const at::Tensor noise = step_noise(context, x, sigma, next);
    float raised = sigma;
    if (churn > 0.0 && options.churn_min <= sigma && sigma <= options.churn_max) {
      raised = sigma * static_cast<float>(churn + 1.0);
      x = x + noise * static_cast<float>(options.noise_scale) * std::sqrt(raised * raised - sigma * sigma);
    }
    const at::Tensor denoised = denoise(x, raised);
    context.on_step({i, count, sigma, denoised});
    const at::Tensor slope = (x - denoised) / raised;
    x = x + slope * (next - raised);
  }
  return x;
}

}  // namespace fude::diffusion
