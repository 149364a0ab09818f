#include <deque>

#include "diffusion/samplers/adams.h"
#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {

at::Tensor sample_lms(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                      const SamplerContext& context) {
  constexpr std::size_t kOrder = 4;
  const int count = static_cast<int>(sigmas.size()) - 1;
  std::deque<at::Tensor> slopes;  // newest first
  for (int i = 0; i < count; ++i) {
    const float sigma = step_levels(sigmas, i).sigma;
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    slopes.push_front(slope_of(x, denoised, sigma));
    if (slopes.size() > kOrder) slopes.pop_back();
    x = x + adams_step(sigmas, i, slopes);
  }
  return x;
}

}  // namespace fude::diffusion
