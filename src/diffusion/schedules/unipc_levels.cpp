#include <algorithm>
#include <cmath>

#include "diffusion/sampler_table.h"
#include "diffusion/schedules/schedules.h"

namespace fude::diffusion {
namespace {

/// The sigma at a time in (0, 1], of which level k of the model has (k + 1) / size.
double sigma_at_time(const ModelSchedule& model, double time) {
  const auto alphas = model.alphas_cumprod();
  const double level = std::clamp(time * model.size() - 1.0, 0.0, model.size() - 1.0);
  const auto low = std::min(static_cast<std::size_t>(level), alphas.size() - 2);
  const double share = level - static_cast<double>(low);
  const double log_alpha = std::log(alphas[low]) * (1.0 - share) + std::log(alphas[low + 1]) * share;
  return std::sqrt(std::expm1(-log_alpha));
}

// `count` steps from `start`, a time in (0, 1], to the model's cleanest level.
std::vector<double> levels_from(const ModelSchedule& model, double start, std::size_t count,
                                const ScheduleOptions& options) {
  const double cleanest = 1.0 / model.size();
  std::vector<double> sigmas;
  for (std::size_t i = 0; i <= count; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(count);
    double sigma = 0.0;
    switch (options.unipc_spacing) {
      case UniPcSpacing::kTime: sigma = sigma_at_time(model, std::lerp(start, cleanest, share)); break;
      case UniPcSpacing::kTimeSquared:
        sigma = sigma_at_time(model, std::pow(std::lerp(std::sqrt(start), std::sqrt(cleanest), share), 2.0));
        break;
      case UniPcSpacing::kLogSnr: {
        const double first = start == 1.0 ? model.sigma_max() : sigma_at_time(model, start);
        sigma = first * std::pow(model.sigma_min() / first, share);
      }
    }
    sigmas.push_back(static_cast<float>(sigma));
  }
  return sigmas;
}

}  // namespace

std::vector<double> unipc_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& options) {
  return levels_from(model, 1.0, timestep_sigmas(model, steps).size(), options);
}

std::vector<double> unipc_tail(const ModelSchedule& model, std::vector<double> left, const ScheduleOptions& options) {
  if (left.empty()) return left;
  const double start = (model.nearest_timestep(left.front()) + 1.0) / model.size();
  return levels_from(model, start, left.size(), options);
}

}  // namespace fude::diffusion
