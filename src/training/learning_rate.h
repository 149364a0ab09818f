#pragma once

#include <cstdint>

namespace fude::training {

/// Shape of the learning rate over a stage: a linear rise, a plateau, a fall.
struct LearningRateConfig {
  std::int64_t warmup_steps = 100;
  double hold = 0.4;       // share of the stage, in [0, 1], before the fall begins
  double floor = 0.02;     // factor at the end
  bool is_cosine = false;  // else the fall is linear

  bool operator==(const LearningRateConfig&) const = default;
};

/// Factor in (0, 1] for the base rates. `step` counts from 0; `progress` in [0, 1] is the share of the stage that is
/// done.
double learning_rate_factor(const LearningRateConfig& config, std::int64_t step, double progress);

}  // namespace fude::training
