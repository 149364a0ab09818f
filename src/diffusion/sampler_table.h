#pragma once

#include <ATen/ATen.h>

#include <span>
#include <string_view>
#include <vector>

#include "diffusion/model_schedule.h"
#include "diffusion/noise_schedules.h"
#include "diffusion/sampler.h"
#include "diffusion/sampler_traits.h"

namespace fude::diffusion {

/// One sampler that can be run.
struct SamplerEntry : SamplerTraits {
  at::Tensor (*run)(const Denoiser&, at::Tensor x, std::span<const double> sigmas, const SamplerContext&);
  /// The levels of its own that it walks down, for those that use timesteps.
  std::vector<double> (*levels)(const ModelSchedule& model, int steps, const ScheduleOptions& options) = nullptr;
  /// For the same samplers: the levels of a run that begins with a picture, out of the timestep_sigmas() left to walk.
  std::vector<double> (*tail)(const ModelSchedule& model, std::vector<double> left,
                              const ScheduleOptions& options) = nullptr;
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

/// What the names in a request mean, by the rules of resolve_sampler_names(); an empty or "Automatic" schedule is the
/// sampler's own. Throws Error(kInvalidArgument) for unknown names, with the nearest known one.
SamplerChoice resolve_sampler(std::string_view sampler, std::string_view schedule = {});

/// The model's levels that DDIM and its kin visit: counted up from level 1 in equal whole strides, given from the
/// noisiest down. Usually `steps` numbers, so steps - 1 steps; none is 0. Throws Error(kInvalidArgument) for steps < 1.
std::vector<double> timestep_sigmas(const ModelSchedule& model, int steps);

/// The levels of the model that a sampler lets the network see: all, or those that consistency models are distilled
/// to (Luo et al. 2023, arXiv:2310.04378): 50 of Stable Diffusion's 1000.
ModelSchedule sampled_levels(const SamplerTraits& sampler, const ModelSchedule& model);

/// The guidance scale a run really has. CFG++ counts from 0 to 1 what other samplers count from 0 to 12.5.
double effective_guidance(const SamplerTraits& sampler, double scale);

/// The latent a run starts from: unit noise brought to the first level as the sampler and the option ask for, see
/// starting_latent.
at::Tensor starting_latent(const SamplerChoice& choice, const at::Tensor& noise, double sigma, bool full_variance);

/// The sigmas a run of `steps` steps walks down, see schedule_sigmas. `discard_penultimate` drops the last but one
/// of a longer list, for samplers that do not do so themselves.
std::vector<double> sampling_sigmas(const SamplerChoice& choice, const ModelSchedule& model, int steps,
                                    const ScheduleOptions& options = {}, bool discard_penultimate = false);

}  // namespace fude::diffusion
