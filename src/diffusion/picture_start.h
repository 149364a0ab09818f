#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "diffusion/model_schedule.h"
#include "diffusion/noise_schedules.h"
#include "diffusion/sampler_table.h"

namespace fude::diffusion {

/// How much of a run is made when it begins with a picture instead of noise (Meng et al. 2021, arXiv:2108.01073).
struct PictureStart {
  int steps = 20;          // of a whole run, or with `is_exact` of this one
  double strength = 0.75;  // 0 (the picture stays) .. 1 (hardly anything of it does)
  bool is_exact = false;   // exactly `steps` steps whatever the strength, out of a longer run
};

/// The end of a run's noise levels.
struct TailLevels {
  std::vector<double> all = {};     // sigmas of the whole run, which bound the paths of Brownian noise
  std::vector<double> sigmas = {};  // those that are walked down; fewer than two: there is no step
  double noise_sigma = 0;           // the level that the picture's noise is added at, mostly sigmas.front()
  int steps = 0;                    // by which calls are counted (some samplers make one less)
};

/// The levels of a run that begins with a picture, as the web UI cuts them: int(min(strength, 0.999) * steps) + 1 steps
/// from the end of the list; samplers that count in timesteps walk one level less and are noised one level higher.
TailLevels tail_levels(const SamplerChoice& choice, const ModelSchedule& model, const PictureStart& start,
                       const ScheduleOptions& options = {}, bool discard_penultimate = false);

/// latent [B,C,h,w] with unit noise of the same shape at the first level of `levels`; `extra` is noise on top, in units
/// of the clean latent.
at::Tensor noised_latent(const SamplerChoice& choice, const TailLevels& levels, const at::Tensor& latent,
                         const at::Tensor& noise, double extra = 0);

}  // namespace fude::diffusion
