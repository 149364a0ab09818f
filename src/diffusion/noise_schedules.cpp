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

constexpr std::array<std::string_view, 1> kSgmUniformAliases{"SGMUniform"};

constexpr std::array kSchedules{
    ScheduleEntry{"automatic", "Automatic", {}, 0.0, model_sigmas},
    ScheduleEntry{"uniform", "Uniform", {}, 0.0, model_sigmas},
    ScheduleEntry{"karras", "Karras", {}, 7.0, karras_sigmas},
    ScheduleEntry{"exponential", "Exponential", {}, 0.0, exponential_sigmas},
    ScheduleEntry{"polyexponential", "Polyexponential", {}, 1.0, polyexponential_sigmas},
    ScheduleEntry{"sgm_uniform", "SGM Uniform", kSgmUniformAliases, 0.0, sgm_uniform_sigmas},
    ScheduleEntry{"kl_optimal", "KL Optimal", {}, 0.0, kl_optimal_sigmas},
    ScheduleEntry{"align_your_steps", "Align Your Steps", {}, 0.0, align_your_steps_sigmas},
    ScheduleEntry{"simple", "Simple", {}, 0.0, simple_sigmas},
    ScheduleEntry{"normal", "Normal", {}, 0.0, normal_sigmas},
    ScheduleEntry{"ddim", "DDIM", {}, 0.0, ddim_sigmas},
    ScheduleEntry{"beta", "Beta", {}, 0.0, beta_sigmas},
};

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
