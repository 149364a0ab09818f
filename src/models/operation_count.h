#pragma once

#include <cstdint>

#include "models/autoencoders/autoencoder_kl.h"
#include "models/denoisers/unet_config.h"

namespace fude::models {

/// A batch of latents.
struct LatentShape {
  int64_t batch = 1;
  int64_t height = 64;  // cells
  int64_t width = 64;
};

/// Arithmetic of one forward pass, counted from the shapes: convolutions, linear layers, and the two products of every
/// attention; a multiply-add is two operations. That of Stable Diffusion 1.x at 512x512 with both halves of the
/// guidance (batch 2) is 1606e9. How a layer is computed does not count: Winograd's convolutions need less than they
/// are given.
double unet_operations(const UNetConfig& config, const LatentShape& latent, int64_t context_tokens = 77);

/// The same for decoding latents to pictures.
double decoder_operations(const AutoencoderKLConfig& config, const LatentShape& latent);

}  // namespace fude::models
