#include "diffusion/noise_schedules.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "core/names.h"
#include "diffusion/float32.h"

namespace fude::diffusion {
namespace {

constexpr int kMaxSteps = 10000;

/// The model's own levels, evenly spaced in time from noisiest to cleanest.
std::vector<double> model_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& /*options*/) {
  std::vector<double> sigmas;
  for (const float t : linspace32(static_cast<float>(model.size() - 1), 0.0F, steps))
    sigmas.push_back(model.sigma_from_timestep(t));
  sigmas.push_back(0.0);
  return sigmas;
}

/// Karras et al. 2022 (arXiv:2206.00364), eq. 5.
std::vector<double> karras_sigmas(const ModelSchedule& /*model*/, int steps, const ScheduleOptions& options) {
  const double low = std::pow(options.sigma_min, 1.0 / options.rho);
  const double high = std::pow(options.sigma_max, 1.0 / options.rho);
  std::vector<double> sigmas;
  for (const float share : linspace32(0.0F, 1.0F, steps)) {
    const float root = static_cast<float>(high) + share * static_cast<float>(low - high);
    sigmas.push_back(pow32(root, static_cast<float>(options.rho)));
  }
  sigmas.push_back(0.0);
  return sigmas;
}

/// Evenly spaced in log sigma.
std::vector<double> exponential_sigmas(const ModelSchedule& /*model*/, int steps, const ScheduleOptions& options) {
  std::vector<double> sigmas;
  const auto high = static_cast<float>(std::log(options.sigma_max));
  for (const float log_sigma : linspace32(high, static_cast<float>(std::log(options.sigma_min)), steps))
    sigmas.push_back(exp32(log_sigma));
  sigmas.push_back(0.0);
  return sigmas;
}

/// Evenly spaced in the model's time like "Automatic", but with one level more whose last is left out, so that no
/// step is spent at sigma_min (Stability AI's generative-models).
std::vector<double> sgm_uniform_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& options) {
  const auto first = static_cast<float>(model.timestep_from_sigma(options.sigma_max));
  const auto last = static_cast<float>(model.timestep_from_sigma(options.sigma_min));
  std::vector<double> sigmas;
  for (const float t : linspace32(first, last, steps + 1)) sigmas.push_back(model.sigma_from_timestep(t));
  sigmas.back() = 0.0;
  return sigmas;
}

constexpr std::array<std::string_view, 1> kSgmUniformAliases{"SGMUniform"};

constexpr std::array kSchedules{
    ScheduleEntry{"automatic", "Automatic", {}, 0.0, model_sigmas},
    ScheduleEntry{"karras", "Karras", {}, 7.0, karras_sigmas},
    ScheduleEntry{"exponential", "Exponential", {}, 0.0, exponential_sigmas},
    ScheduleEntry{"sgm_uniform", "SGM Uniform", kSgmUniformAliases, 0.0, sgm_uniform_sigmas},
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
  return schedule.build(model, steps, filled);
}

}  // namespace fude::diffusion
