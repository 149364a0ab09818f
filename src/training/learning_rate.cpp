#include "training/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fude::training {

double learning_rate_factor(const LearningRateConfig& config, std::int64_t step, double progress) {
  const double rise = config.warmup_steps > 0
                          ? std::min(1.0, static_cast<double>(step + 1) / static_cast<double>(config.warmup_steps))
                          : 1.0;
  if (progress <= config.hold) return rise;
  const double fallen = std::min(1.0, (progress - config.hold) / (1 - config.hold));
  const double remaining = config.is_cosine ? 0.5 * (1 + std::cos(std::numbers::pi * fallen)) : 1 - fallen;
  return rise * std::max(config.floor, remaining);
}

}  // namespace fude::training
