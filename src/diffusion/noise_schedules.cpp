#include "diffusion/noise_schedules.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "core/names.h"
#include "diffusion/schedules/schedules.h"

namespace fude::diffusion {
namespace {

constexpr int kMaxSteps = 10000;

/// A row of the table: what sampler_traits.h says of `id`, and the function. Does not compile for an unknown id.
consteval ScheduleEntry computed(std::string_view id, decltype(ScheduleEntry::build) build) {
  return {*std::ranges::find(kScheduleTraits, id, &ScheduleTraits::id), build};
}

constexpr std::array kSchedules{
    computed("automatic", model_sigmas),
    computed("uniform", model_sigmas),
    computed("karras", karras_sigmas),
    computed("exponential", exponential_sigmas),
    computed("polyexponential", polyexponential_sigmas),
    computed("sgm_uniform", sgm_uniform_sigmas),
    computed("kl_optimal", kl_optimal_sigmas),
    computed("align_your_steps", align_your_steps_sigmas),
    computed("simple", simple_sigmas),
    computed("normal", normal_sigmas),
    computed("ddim", ddim_sigmas),
    computed("beta", beta_sigmas),
};
static_assert(kSchedules.size() == kScheduleTraits.size());

}  // namespace

std::span<const ScheduleEntry> noise_schedules() { return kSchedules; }

const ScheduleEntry* find_noise_schedule(std::string_view name) {
  const auto found =
      std::ranges::find_if(kSchedules, [&](const ScheduleEntry& entry) { return is_called(entry, name); });
  return found == kSchedules.end() ? nullptr : &*found;
}

std::vector<double> schedule_sigmas(const ScheduleEntry& schedule, const ModelSchedule& model, int steps,
                                    const ScheduleOptions& options) {
  if (steps < 1 || steps > kMaxSteps)
    fail(ErrorCode::kInvalidArgument, "steps is {}, expected 1..{}", steps, kMaxSteps);
  ScheduleOptions filled = options;
  if (filled.sigma_min == 0.0) filled.sigma_min = model.sigma_min();
  if (filled.sigma_max == 0.0) filled.sigma_max = model.sigma_max();
  if (filled.rho == 0.0) filled.rho = schedule.default_rho;
  if (!(filled.sigma_min > 0.0 && filled.sigma_min < filled.sigma_max && std::isfinite(filled.sigma_max)))
    fail(ErrorCode::kInvalidArgument, "schedule sigma range is {}..{}, expected 0 < min < max", filled.sigma_min,
         filled.sigma_max);
  if (!(filled.rho >= 0.0 && std::isfinite(filled.rho)))
    fail(ErrorCode::kInvalidArgument, "schedule rho is {}, expected 0 (the schedule's own) or more", filled.rho);
  if (!(filled.beta_alpha > 0.0 && filled.beta_beta > 0.0 && std::isfinite(filled.beta_alpha + filled.beta_beta)))
    fail(ErrorCode::kInvalidArgument, "beta schedule's alpha and beta are {} and {}, expected more than 0",
         filled.beta_alpha, filled.beta_beta);
  return schedule.build(model, steps, filled);
}

}  // namespace fude::diffusion
