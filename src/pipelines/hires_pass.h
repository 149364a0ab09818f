#pragma once

#include <ATen/ATen.h>

#include <optional>

#include "io/images/image.h"
#include "pipelines/generation_request.h"
#include "pipelines/picture_coding.h"
#include "pipelines/picture_model.h"

namespace fude::pipelines {

/// The second pass of a request with hires fix, as a request of its own: its words, size, steps, sampler and CFG scale.
/// `request` has a size.
GenerationRequest hires_request(const GenerationRequest& request);

/// What the second pass starts from, for a batch.
struct FirstPass {
  at::Tensor latent = {};               // [B,C,h,w]; undefined: there is a picture instead
  std::optional<io::Image> image = {};  // RGB, of the request's size, for every picture of the batch
};

/// The latents of the first pass enlarged to hires_size(request): by interpolation, or decoded by `first`, enlarged as
/// a picture and encoded by `second`. [B,C,height/8,width/8], on the device. Throws Error(kNotFound) for an upscaler
/// that nothing has, Error(kUnsupportedModel) where latents go to a model that works on others.
at::Tensor enlarged(const PictureModel& first, const PictureModel& second, const GenerationRequest& request,
                    const FirstPass& pass, const WarningListener& on_warning);

/// Checks that request.hr_upscaler names something, before anything is made.
void check_hires_upscaler(const PictureModel& model, const GenerationRequest& request);

}  // namespace fude::pipelines
