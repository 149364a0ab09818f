#pragma once

#include <ATen/ATen.h>

#include "models/stable_diffusion.h"
#include "pipelines/generation_request.h"
#include "pipelines/picture_model.h"

namespace fude::pipelines {

/// Whether a denoiser sees a mask and the picture below it beside the latent: an inpainting model.
bool has_mask_channels(const models::StableDiffusionConfig& config);

/// What denoisers of more input than output channels see beside the latent when a picture is made from words alone:
/// [1, more, height / 8, width / 8], on the engine's device; undefined for other denoisers. An inpainting model sees a
/// mask of 1 (everything is to be painted) and an encoded grey picture, as the web UI has it; an instruct-pix2pix model
/// sees zeros, which stood for no picture in its training (Brooks et al. 2022, arXiv:2211.09800, sec. 3.2.1).
/// `request` has a size.
at::Tensor blank_picture_channels(const PictureModel& model, const GenerationRequest& request);

}  // namespace fude::pipelines
