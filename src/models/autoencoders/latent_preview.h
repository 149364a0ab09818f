#pragma once

#include <ATen/ATen.h>

namespace fude::models {

/// The latent space a preview is drawn from; the two have different colours.
enum class LatentSpace { kStableDiffusion, kSdxl };

/// A look at a latent [B,4,h,w] in the denoiser's scale without any network: image [B,3,h,w] in [-1,1], a pixel for a
/// cell. Each colour is a weighted sum of the channels, fitted by the web UI's authors ("Approx cheap").
at::Tensor preview_of(const at::Tensor& latent, LatentSpace space);

}  // namespace fude::models
