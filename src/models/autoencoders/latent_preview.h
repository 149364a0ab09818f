#pragma once

#include <ATen/ATen.h>

#include "models/autoencoders/autoencoder_kl.h"

namespace fude::models {

/// How the channels of a latent mix to colours: [C + 1, red green blue], the last row added to every pixel.
struct LatentColours {
  at::Tensor factors;  // fp32, CPU
};

/// Of the published latent spaces, as the web UI's authors fitted them ("Approx cheap").
LatentColours stable_diffusion_colours();
LatentColours sdxl_colours();

/// Of any autoencoder: fitted to what it makes of a random latent of 32 x 32 cells, the same each time.
LatentColours fitted_colours(const AutoencoderKL& autoencoder);

/// A look at a latent [B,C,h,w] in the denoiser's scale without any network: image [B,3,h,w] in [-1,1], fp32, a pixel
/// for a cell.
at::Tensor preview_of(const at::Tensor& latent, const LatentColours& colours);

}  // namespace fude::models
