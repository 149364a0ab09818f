#pragma once

#include <ATen/ATen.h>

#include <optional>

#include "diffusion/latent_mask.h"
#include "diffusion/sampler.h"
#include "pipelines/generation_job.h"

namespace fude::pipelines {

/// Where the pictures of a batch begin when that is not noise.
struct PassStart {
  at::Tensor latent = {};           // [B,C,h,w], clean, on the model's device; undefined: noise alone
  diffusion::LatentMask mask = {};  // what is made anew; off: all
};

struct SampledBatch {
  at::Tensor noise;                       // [B,C,h,w], CPU: the starting noise before scaling
  at::Tensor latent;                      // on the model's device
  const PictureModel* model = nullptr;    // that made the last step
  std::optional<int> unfinished_at = {};  // steps done when it was ended early
};

/// Thrown by an observer through a sampler to end its batch early.
struct BatchEnded {
  int steps;
  at::Tensor denoised;  // [B,C,h,w]
};

/// Makes the latents of one batch, whose first picture is the job's `first`. Every picture's noise comes from its own
/// seed. Throws Error(kUnsupportedModel) where the model gives no numbers, and what `on_step` throws.
SampledBatch sample_batch(const Workers& workers, int first, const PassStart& start,
                          const diffusion::StepObserver& on_step);

}  // namespace fude::pipelines
