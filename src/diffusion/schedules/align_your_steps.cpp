#include <algorithm>
#include <array>
#include <cmath>

#include "diffusion/schedules/schedules.h"

namespace fude::diffusion {
namespace {

using Levels = std::array<double, 11>;

constexpr Levels kSd15{14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029};
constexpr Levels kSdxl{14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029};

/// The level at `share` of the way from the cleanest to the noisiest, linear in log sigma between the listed ones.
double interpolate(const Levels& levels, double share) {
  const double place = share * static_cast<double>(levels.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(place), levels.size() - 2);
  const double low = std::log(levels[levels.size() - 1 - below]), high = std::log(levels[levels.size() - 2 - below]);
  return std::exp(low + (high - low) * (place - static_cast<double>(below)));
}

}  // namespace

std::vector<double> align_your_steps_sigmas(const ModelSchedule& /*model*/, int steps, const ScheduleOptions& options) {
  const Levels& levels = options.is_sdxl ? kSdxl : kSd15;
  std::vector<double> sigmas;
  for (int i = steps - 1; i >= 0; --i) {
    const double share = steps > 1 ? static_cast<double>(i) / (steps - 1) : 0.0;  // one level is the cleanest
    sigmas.push_back(static_cast<float>(interpolate(levels, share)));
  }
  sigmas.push_back(0.0);
  return sigmas;
}

}  // namespace fude::diffusion
