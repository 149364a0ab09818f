#pragma once

#include <ATen/ATen.h>

#include "pipelines/generation_job.h"
#include "pipelines/picture_coding.h"
#include "pipelines/picture_preparation.h"
#include "pipelines/sampling_pass.h"

namespace fude::pipelines {

/// What img2img starts from, as latents.
struct InitLatents {
  at::Tensor latents;        // [N,C,h,w], N pictures, on the model's device
  at::Tensor repaint = {};   // [1,1,h,w] in [0,1]; undefined without a mask
  at::Tensor channels = {};  // [N,more,h,w]: what the model sees beside the latent; undefined for most models

  /// How many of them; the job's picture `index` starts from number index % count().
  int count() const { return static_cast<int>(latents.size(0)); }
};

/// Encodes prepared pictures for a model, one by one, so that none depends on its neighbours.
InitLatents encode_pictures(const PictureModel& model, const GenerationRequest& request,
                            const PreparedPictures& prepared, const WarningListener& on_warning);

/// The start of the batch whose first picture is the job's `first`. What lies below the mask is set as
/// request.inpainting_fill asks: noise is that of each picture's own seed.
PassStart start_of_batch(const InitLatents& init, const Job& job, int first);

}  // namespace fude::pipelines
