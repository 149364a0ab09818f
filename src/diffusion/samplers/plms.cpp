#include <deque>

#include "diffusion/samplers/adams.h"
#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {

at::Tensor sample_plms(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                       const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  std::deque<at::Tensor> noises;
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    noises.push_front(slope_of(x, denoised, sigma));
    if (noises.size() > 4) noises.pop_back();
    at::Tensor mean;
    if (i == 0) {  // no history yet: look ahead once, as in the improved Euler method
      const at::Tensor ahead = x + noises[0] * (next - sigma);
      mean = (noises[0] + slope_of(ahead, denoise(ahead, next), next)) / 2;
    } else {
      mean = adams_mean(noises);
    }
    x = x + mean * (next - sigma);
  }
  return variance_preserving(x, sigmas.back());
}

}  // namespace fude::diffusion
