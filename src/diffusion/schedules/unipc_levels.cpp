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

}  // namespace

std::vector<double> unipc_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& options) {
  const std::size_t count = timestep_sigmas(model, steps).size();
  const double cleanest = 1.0 / model.size();
  std::vector<double> sigmas;
  for (std::size_t i = 0; i <= count; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(count);
    double sigma = 0.0;
    switch (options.unipc_spacing) {
      case UniPcSpacing::kTime: sigma = sigma_at_time(model, std::lerp(1.0, cleanest, share)); break;
      case UniPcSpacing::kTimeSquared:
        sigma = sigma_at_time(model, std::pow(std::lerp(1.0, std::sqrt(cleanest), share), 2.0));
        break;
      case UniPcSpacing::kLogSnr: sigma = model.sigma_max() * std::pow(model.sigma_min() / model.sigma_max(), share);
    }
    sigmas.push_back(static_cast<float>(sigma));
  }
  return sigmas;
}

}  // namespace fude::diffusion
