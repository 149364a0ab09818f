#include <algorithm>

#include "diffusion/float32.h"
#include "diffusion/schedules/schedules.h"

namespace fude::diffusion {
namespace {

std::vector<float> even_timesteps(const ModelSchedule& model, const ScheduleOptions& options, int count) {
  return linspace32(static_cast<float>(model.timestep_from_sigma(options.sigma_max)),
                    static_cast<float>(model.timestep_from_sigma(options.sigma_min)), count);
}

std::vector<double> sigmas_at(const ModelSchedule& model, const std::vector<float>& timesteps) {
  std::vector<double> sigmas;
  for (const float t : timesteps) sigmas.push_back(model.sigma_from_timestep(t));
  return sigmas;
}

}  // namespace

std::vector<double> model_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& /*options*/) {
  std::vector<double> sigmas = sigmas_at(
      model, linspace32(static_cast<float>(model.last_timestep()), static_cast<float>(model.first_timestep()), steps));
  sigmas.push_back(0.0);
  return sigmas;
}

std::vector<double> normal_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& options) {
  std::vector<double> sigmas = sigmas_at(model, even_timesteps(model, options, steps));
  sigmas.push_back(0.0);
  return sigmas;
}

std::vector<double> sgm_uniform_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& options) {
  std::vector<double> sigmas = sigmas_at(model, even_timesteps(model, options, steps + 1));
  sigmas.back() = 0.0;
  return sigmas;
}

std::vector<double> simple_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& /*options*/) {
  const double stride = static_cast<double>(model.size()) / steps;
  std::vector<double> sigmas;
  for (int i = 0; i < steps; ++i)
    sigmas.push_back(model.sigmas()[static_cast<std::size_t>(model.size() - 1 - static_cast<int>(i * stride))]);
  sigmas.push_back(0.0);
  return sigmas;
}

std::vector<double> ddim_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& /*options*/) {
  std::vector<double> sigmas{0.0};
  const int stride = std::max(model.size() / steps, 1);
  for (int level = 1; level < model.size(); level += stride)
    sigmas.push_back(model.sigmas()[static_cast<std::size_t>(level)]);
  std::ranges::reverse(sigmas);
  return sigmas;
}

}  // namespace fude::diffusion
