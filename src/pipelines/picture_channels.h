#pragma once

#include <ATen/ATen.h>

#include <optional>

#include "io/images/image.h"
#include "models/stable_diffusion.h"
#include "pipelines/generation_request.h"
#include "pipelines/picture_model.h"

namespace fude::pipelines {

/// Whether a denoiser sees a mask and the picture below it beside the latent: an inpainting model.
bool has_mask_channels(const models::StableDiffusionConfig& config);

/// Whether it sees a picture alone beside the latent: an instruct-pix2pix model.
bool sees_picture(const models::StableDiffusionConfig& config);

/// What denoisers of more input than output channels see beside the latent when a picture is made from words alone:
/// [1, more, height / 8, width / 8], on the engine's device; undefined for other denoisers. An inpainting model sees a
/// mask of 1 (everything is to be painted) and an encoded grey picture, as the web UI has it; an instruct-pix2pix model
/// sees zeros, which stood for no picture in its training (Brooks et al. 2022, arXiv:2211.09800, sec. 3.2.1).
/// `request` has a size.
at::Tensor blank_picture_channels(const PictureModel& model, const GenerationRequest& request);

/// The same when a picture is started from: [1, more, height / 8, width / 8]. An inpainting model sees the mask (1 is
/// made anew; 1 all over without one) and the picture without what is masked, as far as request.inpainting_mask_weight
/// hides that; an instruct-pix2pix model the picture, not scaled as latents are. `pixels` [1,3,H,W] in [-1,1], of the
/// request's size, as the mask is.
at::Tensor picture_channels(const PictureModel& model, const GenerationRequest& request, const at::Tensor& pixels,
                            const std::optional<io::Image>& mask);

}  // namespace fude::pipelines
