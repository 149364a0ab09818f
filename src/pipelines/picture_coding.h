#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <string>

#include "io/images/image.h"
#include "models/autoencoders/latent_coder.h"
#include "pipelines/generation_request.h"
#include "pipelines/picture_model.h"

namespace fude::pipelines {

/// Takes a line about what was done in another way than asked for.
using WarningListener = std::function<void(const std::string& warning)>;

/// Takes how the autoencoder went about it: kOff (the whole at once), kOn or kLean (piece by piece).
using TilingListener = std::function<void(models::VaeTiling)>;

/// latent [B,C,h,w] in the denoiser's scale, any type -> image [B,3,H,W], fp32, about [-1,1]: through the model's
/// autoencoder, piece by piece as request.vae_tiling says. What half precision makes no numbers of is decoded once more
/// in single precision, with a warning. Throws Error(kUnsupportedModel) where that gives no numbers either.
at::Tensor decode_latent(const PictureModel& model, const GenerationRequest& request, const at::Tensor& latent,
                         const WarningListener& on_warning, const TilingListener& on_tiling = {});

/// image [B,3,H,W] in [-1,1], any type -> latent [B,C,h,w] in the denoiser's scale, fp32; otherwise as decode_latent.
/// Where the model has a tiny autoencoder, too, this is still the full one's.
at::Tensor encode_image(const PictureModel& model, const GenerationRequest& request, const at::Tensor& image,
                        const WarningListener& on_warning);

/// The bytes of a picture of three channels -> image [1,3,H,W] in [-1,1], fp32, CPU.
at::Tensor to_planes(const io::Image& picture);

/// image [1,3,H,W], about [-1,1] -> its bytes; what lies outside is clamped.
io::Image to_image(const at::Tensor& image);

}  // namespace fude::pipelines
