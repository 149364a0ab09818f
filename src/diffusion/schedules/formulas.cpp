#include <ATen/ATen.h>

#include <cmath>

#include "diffusion/float32.h"
#include "diffusion/schedules/schedules.h"

namespace fude::diffusion {

std::vector<double> karras_levels(int count, double sigma_min, double sigma_max, double rho) {
  const double low = std::pow(sigma_min, 1.0 / rho);
  const double high = std::pow(sigma_max, 1.0 / rho);
  std::vector<double> sigmas;
  for (const float share : linspace32(0.0F, 1.0F, count)) {
    const float root = static_cast<float>(high) + share * static_cast<float>(low - high);
    sigmas.push_back(pow32(root, static_cast<float>(rho)));
  }
  sigmas.push_back(0.0);
  return sigmas;
}

std::vector<double> karras_sigmas(const ModelSchedule& /*model*/, int steps, const ScheduleOptions& options) {
  return karras_levels(steps, options.sigma_min, options.sigma_max, options.rho);
}

std::vector<double> exponential_sigmas(const ModelSchedule& /*model*/, int steps, const ScheduleOptions& options) {
  std::vector<double> sigmas;
  const auto high = static_cast<float>(std::log(options.sigma_max));
  for (const float log_sigma : linspace32(high, static_cast<float>(std::log(options.sigma_min)), steps))
    sigmas.push_back(exp32(log_sigma));
  sigmas.push_back(0.0);
  return sigmas;
}

std::vector<double> polyexponential_sigmas(const ModelSchedule& /*model*/, int steps, const ScheduleOptions& options) {
  const double low = std::log(options.sigma_min), high = std::log(options.sigma_max);
  std::vector<double> sigmas;
  for (const float share : linspace32(1.0F, 0.0F, steps)) {
    const float ramp = pow32(share, static_cast<float>(options.rho));
    sigmas.push_back(exp32(ramp * static_cast<float>(high - low) + static_cast<float>(low)));
  }
  sigmas.push_back(0.0);
  return sigmas;
}

std::vector<double> kl_optimal_sigmas(const ModelSchedule& /*model*/, int steps, const ScheduleOptions& options) {
  const at::Tensor range = at::tensor({options.sigma_min, options.sigma_max}, at::kFloat).atan();
  const at::Tensor share = at::arange(steps + 1, at::kFloat) / steps;
  const at::Tensor sigmas = (share * range[0] + (1.0 - share) * range[1]).tan().to(at::kDouble);
  return {sigmas.data_ptr<double>(), sigmas.data_ptr<double>() + sigmas.numel()};
}

}  // namespace fude::diffusion
