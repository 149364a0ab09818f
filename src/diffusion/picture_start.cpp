#include "diffusion/picture_start.h"

#include <algorithm>
#include <cmath>

namespace fude::diffusion {
namespace {

constexpr double kHighestStrength = 0.999;

/// Steps of the whole run, and the last of them that are made, less one.
struct Cut {
  int steps;
  int kept;
};

Cut cut(const PictureStart& start) {
  const double strength = std::min(start.strength, kHighestStrength);
  if (!start.is_exact) return {start.steps, static_cast<int>(strength * start.steps)};
  if (strength <= 0) return {0, -1};
  return {static_cast<int>(start.steps / strength), start.steps - 1};
}

// Timesteps are counted from the cleanest: the first `kept` are walked, the next one has the picture's noise.
TailLevels timestep_tail(const SamplerChoice& choice, const ModelSchedule& model, const Cut& cut,
                         const ScheduleOptions& options) {
  const std::vector<double> grid = timestep_sigmas(model, cut.steps);
  const auto kept = std::min(static_cast<std::size_t>(cut.kept), grid.size() - 1);
  TailLevels levels{.all = grid, .noise_sigma = grid[grid.size() - 1 - kept], .steps = cut.kept + 1};
  levels.sigmas =
      choice.sampler.tail(model, std::vector<double>(grid.end() - static_cast<long>(kept), grid.end()), options);
  return levels;
}

}  // namespace

TailLevels tail_levels(const SamplerChoice& choice, const ModelSchedule& model, const PictureStart& start,
                       const ScheduleOptions& options, bool discard_penultimate) {
  const Cut made = cut(start);
  if (made.kept < 0) return {};
  if (choice.sampler.tail != nullptr) return timestep_tail(choice, model, made, options);
  TailLevels levels{.all = sampling_sigmas(choice, model, made.steps, options, discard_penultimate),
                    .steps = made.kept + 1};
  const auto first = std::min(static_cast<std::size_t>(made.steps - made.kept - 1), levels.all.size() - 2);
  levels.sigmas.assign(levels.all.begin() + static_cast<long>(first), levels.all.end());
  levels.noise_sigma = levels.sigmas.front();
  return levels;
}

at::Tensor noised_latent(const SamplerChoice& choice, const TailLevels& levels, const at::Tensor& latent,
                         const at::Tensor& noise, double extra) {
  if (levels.steps == 0) return latent;
  const auto sigma = static_cast<float>(levels.noise_sigma);
  if (!choice.sampler.uses_timesteps) return latent + noise * sigma + noise * extra;
  // These add noise to the variance-preserving latent and then start as if it had the first level's noise.
  const float signal = 1.0F / std::sqrt(1.0F + sigma * sigma);
  const float first = levels.sigmas.empty() ? 0.0F : static_cast<float>(levels.sigmas.front());
  const at::Tensor unit = latent * signal + noise * (sigma * signal) + noise * (extra * signal);
  return unit * std::sqrt(1.0F + first * first);
}

}  // namespace fude::diffusion
