#pragma once

#include "diffusion/model_schedule.h"
#include "pipelines/generation_request.h"

namespace fude::pipelines {

/// Where a run stands when its denoiser is called.
struct RunProgress {
  int call = 0;         // calls before this one
  int total_calls = 1;  // of the run
  double sigma = 0;     // of this call
};

/// How much of the way a run has behind it, 0..1: by the model's level whose sigma is nearest, as the web UI counts, or
/// by calls where the request says so (refiner_switch_by_sample_steps, versions before 1.8).
double completed_share(const GenerationRequest& request, const diffusion::ModelSchedule& schedule,
                       const RunProgress& progress);

/// Whether the refiner makes this call and all that follow.
bool is_refiner_due(const GenerationRequest& request, const diffusion::ModelSchedule& schedule,
                    const RunProgress& progress);

}  // namespace fude::pipelines
