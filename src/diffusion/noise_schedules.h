#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "diffusion/model_schedule.h"
#include "diffusion/sampler_traits.h"

namespace fude::diffusion {

/// In what UniPC's levels are evenly spaced.
enum class UniPcSpacing { kTime, kTimeSquared, kLogSnr };

/// What a user may change in a noise schedule. 0 means: the model's range, the schedule's own rho.
struct ScheduleOptions {
  double sigma_min = 0.0;
  double sigma_max = 0.0;
  double rho = 0.0;
  double beta_alpha = 0.6;  // Beta: shape of its distribution, more than 0
  double beta_beta = 0.6;
  bool is_sdxl = false;  // Align Your Steps: which of its two lists
  UniPcSpacing unipc_spacing = UniPcSpacing::kTime;
};

/// One way to spread the noise levels over the steps.
struct ScheduleEntry : ScheduleTraits {
  /// Falling sigmas; `options` has no zeros left.
  std::vector<double> (*build)(const ModelSchedule& model, int steps, const ScheduleOptions& options);
};

/// Every noise schedule, in the order they are offered. The first is "Automatic", the sampler's own choice.
std::span<const ScheduleEntry> noise_schedules();

/// Finds a schedule by id, label or alias, whatever the case; nullptr when there is none.
const ScheduleEntry* find_noise_schedule(std::string_view name);

/// The sigmas of a schedule: usually steps + 1 falling numbers, the last 0 (DDIM may give more, KL Optimal ends at
/// sigma_min). A sigma is the standard deviation of the noise in latent units; all are float values. Throws
/// Error(kInvalidArgument) for steps outside 1..10000, a sigma range that is not 0 < min < max, a negative rho, or an
/// alpha or beta that is not positive.
std::vector<double> schedule_sigmas(const ScheduleEntry& schedule, const ModelSchedule& model, int steps,
                                    const ScheduleOptions& options = {});

}  // namespace fude::diffusion
