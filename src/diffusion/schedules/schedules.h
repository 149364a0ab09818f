#pragma once

#include <vector>

#include "diffusion/model_schedule.h"
#include "diffusion/noise_schedules.h"

namespace fude::diffusion {

// The noise schedules. Each returns falling sigmas for `steps` steps; `options` has no zeros left where a zero means
// "the model's" or "the schedule's own".

/// The model's own levels, evenly spaced in time from noisiest to cleanest, then 0.
std::vector<double> model_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& options);

/// The model's levels between the sigma range, evenly spaced in time, both ends included, then 0.
std::vector<double> normal_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& options);

/// As normal_sigmas, but with one level more whose last is left out, so that no step is spent at sigma_min
/// (Stability AI's generative-models).
std::vector<double> sgm_uniform_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& options);

/// Whole levels of the model at equal distances, counted from the noisiest, then 0.
std::vector<double> simple_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& options);

/// The levels DDIM visits (Song et al. 2020, arXiv:2010.02502), counted from level 1; may be more than `steps`.
std::vector<double> ddim_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& options);

/// Karras et al. 2022 (arXiv:2206.00364), eq. 5, then 0.
std::vector<double> karras_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& options);

/// The levels of karras_sigmas for a range of its own: `count` from sigma_max to sigma_min, then 0.
std::vector<double> karras_levels(int count, double sigma_min, double sigma_max, double rho = 7.0);

/// The levels UniPC walks down (Zhao et al. 2023, arXiv:2302.04867), from the model's noisiest to its cleanest: one
/// more than timestep_sigmas has. Between the model's levels log alpha is linear in time.
std::vector<double> unipc_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& options);

/// The same from the first of `left` on, which are the last of timestep_sigmas(): as many steps as those are.
std::vector<double> unipc_tail(const ModelSchedule& model, std::vector<double> left, const ScheduleOptions& options);

/// Evenly spaced in log sigma, then 0.
std::vector<double> exponential_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& options);

/// Log sigma along a ramp to the power rho, then 0 (k-diffusion).
std::vector<double> polyexponential_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& options);

/// Evenly spaced in the angle arctan(sigma) ("Align Your Steps", Sabour et al. 2024, arXiv:2404.14507, theorem 3.1).
/// Ends at sigma_min, not at 0.
std::vector<double> kl_optimal_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& options);

/// The ten-step lists of Sabour et al. 2024 (arXiv:2404.14507) for SD 1.5 and SDXL, log-linearly interpolated for other
/// numbers of levels, then 0.
std::vector<double> align_your_steps_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& options);

/// Sigmas at the quantiles of a beta distribution (Lee et al. 2024, arXiv:2407.12173), then 0.
std::vector<double> beta_sigmas(const ModelSchedule& model, int steps, const ScheduleOptions& options);

/// The value below which a beta-distributed number lies with probability `share`; alpha and beta > 0.
double beta_quantile(double share, double alpha, double beta);

}  // namespace fude::diffusion
