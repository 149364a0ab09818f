#include <algorithm>
#include <cmath>
#include <vector>

#include "diffusion/samplers/samplers.h"
#include "diffusion/schedules/schedules.h"

namespace fude::diffusion {
namespace {

// The published settings: from 20 steps on, part of them goes back once from sigma 0.1 to 2, from 36 on twice.
constexpr int kFewestSteps = 20, kManySteps = 36;
constexpr double kRestartFrom = 0.1, kRestartTo = 2.0;

std::size_t nearest_index(std::span<const double> sigmas, double sigma) {
  const auto nearest = std::ranges::min_element(sigmas, {}, [&](double level) { return std::abs(level - sigma); });
  return static_cast<std::size_t>(nearest - sigmas.begin());
}

void append_steps(std::vector<StepLevels>& steps, std::span<const double> sigmas) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) steps.push_back(step_levels(sigmas, static_cast<int>(i)));
}

/// The steps of a run that has the range of `sigmas` and as many steps in all.
std::vector<StepLevels> steps_with_restarts(std::span<const double> sigmas) {
  std::vector<StepLevels> steps;
  const int count = static_cast<int>(sigmas.size()) - 1;
  if (count < kFewestSteps) {
    append_steps(steps, sigmas);
    return steps;
  }
  const int times = count >= kManySteps ? 2 : 1;
  const int each = count >= kManySteps ? count / 4 : 9;
  const auto kept = karras_levels(count - each * times, sigmas[sigmas.size() - 2], sigmas.front());
  const std::size_t from = nearest_index(kept, kRestartFrom), to = nearest_index(kept, kRestartTo);
  const std::span<const double> levels(kept);
  append_steps(steps, levels.first(from + 1));
  if (to < from) {
    auto again = karras_levels(each + 1, levels[from], levels[to]);
    again.pop_back();
    for (int i = 0; i < times; ++i) append_steps(steps, again);
  }
  append_steps(steps, levels.subspan(from));
  return steps;
}

}  // namespace

at::Tensor sample_restart(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                          const SamplerContext& context) {
  const std::vector<StepLevels> steps = steps_with_restarts(sigmas);
  const int count = static_cast<int>(steps.size());
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = steps[static_cast<std::size_t>(i)];
    const float reached = i == 0 ? sigma : steps[static_cast<std::size_t>(i) - 1].next;
    if (reached < sigma) {
      const float added = std::sqrt(sigma * sigma - reached * reached);
      x = x + step_noise(context, x, reached, sigma) * static_cast<float>(context.options.noise_scale) * added;
    }
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    x = heun_step(denoise, {x, sigma}, denoised, next);
  }
  return x;
}

}  // namespace fude::diffusion
