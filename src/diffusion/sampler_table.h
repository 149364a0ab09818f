#pragma once

#include <ATen/ATen.h>

#include <span>
#include <string_view>
#include <vector>

#include "diffusion/model_schedule.h"
#include "diffusion/noise_schedules.h"
#include "diffusion/sampler.h"

namespace fude::diffusion {

/// Which noise a sampler wants on its way.
enum class StepNoiseKind { kNone, kIndependent, kBrownian };

/// One sampler, as the command line, the server, the interface and the documentation know it.
struct SamplerEntry {
  std::string_view id;     // stable: requests and settings store it
  std::string_view label;  // as the web UI shows and writes it
  std::span<const std::string_view> aliases;
  std::string_view default_schedule;  // id of the noise schedule that "Automatic" stands for
  StepNoiseKind noise = StepNoiseKind::kNone;
  bool is_second_order = false;       // two predictions a step: prompt schedules count twice the steps
  bool discards_penultimate = false;  // leaves out the last but one sigma of a list that is one longer
  bool chooses_levels = false;        // uses the range of a list only and ends at its lowest positive sigma
  bool uses_timesteps = false;        // walks down levels of its own (timestep_sigmas) from noise of full variance;
                                      // schedules are ignored, eta is 0 unless asked for
  bool writes_seed_delta = false;     // mentions a seed delta (ENSD) in a picture's text
  at::Tensor (*run)(const Denoiser&, at::Tensor x, std::span<const double> sigmas, const SamplerContext&) = nullptr;
};

/// Every sampler, in the order they are offered.
std::span<const SamplerEntry> samplers();

/// Finds a sampler by id, label or alias, whatever the case; nullptr when there is none.
const SamplerEntry* find_sampler(std::string_view name);

/// A sampler and the noise schedule it will really use. Both refer to the tables.
struct SamplerChoice {
  const SamplerEntry& sampler;
  const ScheduleEntry& schedule;
};

/// What the names in a request mean. `sampler` may be a joined name of older programs ("DPM++ SDE Karras"), whose
/// schedule then wins over `schedule`; an empty or "Automatic" schedule is the sampler's own. Throws
/// Error(kInvalidArgument) for unknown names, with the nearest known one.
SamplerChoice resolve_sampler(std::string_view sampler, std::string_view schedule = {});

/// The model's levels that DDIM and its kin visit: counted up from level 1 in equal whole strides, given from the
/// noisiest down. Usually `steps` numbers, so steps - 1 steps; none is 0. Throws Error(kInvalidArgument) for steps < 1.
std::vector<double> timestep_sigmas(const ModelSchedule& model, int steps);

/// The latent a run starts from: unit noise brought to the first level as the sampler and the option ask for, see
/// starting_latent.
at::Tensor starting_latent(const SamplerChoice& choice, const at::Tensor& noise, double sigma, bool full_variance);

/// The sigmas a run of `steps` steps walks down, see schedule_sigmas. `discard_penultimate` drops the last but one
/// of a longer list, for samplers that do not do so themselves.
std::vector<double> sampling_sigmas(const SamplerChoice& choice, const ModelSchedule& model, int steps,
                                    const ScheduleOptions& options = {}, bool discard_penultimate = false);

}  // namespace fude::diffusion
