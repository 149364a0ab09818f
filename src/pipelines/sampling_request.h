#pragma once

#include "diffusion/image_rng.h"
#include "diffusion/sampler_table.h"
#include "models/stable_diffusion.h"
#include "pipelines/generation_request.h"

namespace fude::pipelines {

/// What a request, normalised and with its seeds resolved, says of noise and sampling, in the terms of diffusion/.

/// The seeds of one batch, whose first picture is the job's `first`.
diffusion::ImageSeeds batch_seeds(const GenerationRequest& request, int first);

diffusion::SamplerOptions sampler_options(const GenerationRequest& request, const diffusion::SamplerEntry& sampler);

/// `config` is the model's: Align Your Steps has a list of levels for each family.
diffusion::ScheduleOptions schedule_options(const GenerationRequest& request,
                                            const models::StableDiffusionConfig& config);

}  // namespace fude::pipelines
