#include <deque>
#include <functional>

#include "diffusion/samplers/adams.h"
#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {
namespace {

/// What a step adds to x: (index, levels, newest slopes) -> tensor.
using Step = std::function<at::Tensor(int index, StepLevels levels, const std::deque<at::Tensor>& slopes)>;

at::Tensor sample(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas, const SamplerContext& context,
                  const Step& step) {
  constexpr std::size_t kOrder = 4;
  const int count = static_cast<int>(sigmas.size()) - 1;
  std::deque<at::Tensor> slopes;  // newest first
  for (int i = 0; i < count; ++i) {
    const StepLevels levels = step_levels(sigmas, i);
    const at::Tensor denoised = denoise(x, levels.sigma);
    context.on_step({i, count, levels.sigma, denoised});
    slopes.push_front(slope_of(x, denoised, levels.sigma));
    if (slopes.size() > kOrder) slopes.pop_back();
    x = levels.next == 0.0F ? denoised : x + step(i, levels, slopes);
  }
  return x;
}

}  // namespace

at::Tensor sample_ipndm(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                        const SamplerContext& context) {
  return sample(denoise, std::move(x), sigmas, context,
                [](int, StepLevels levels, const std::deque<at::Tensor>& slopes) {
                  return adams_mean(slopes) * (levels.next - levels.sigma);
                });
}

at::Tensor sample_ipndm_v(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                          const SamplerContext& context) {
  return sample(
      denoise, std::move(x), sigmas, context,
      [&](int index, StepLevels, const std::deque<at::Tensor>& slopes) { return adams_step(sigmas, index, slopes); });
}

}  // namespace fude::diffusion
