#pragma once

#include <ATen/ATen.h>

#include "io/tensor_file.h"
#include "models/autoencoders/autoencoder_kl.h"
#include "models/denoisers/unet.h"
#include "models/text_encoders/clip_text_encoder.h"

namespace fude::models {

/// Everything about a Stable Diffusion 1.x checkpoint that its header tells.
struct StableDiffusionConfig {
  UNetConfig unet;
  AutoencoderKLConfig autoencoder;
  ClipTextConfig text_encoder;
};

/// Throws Error(kUnsupportedModel) when the file is something else, saying what; `path` is for that message.
StableDiffusionConfig infer_stable_diffusion_config(const weights::TensorIndex& index, std::string_view path);

struct LoadOptions {
  at::ScalarType type = at::kFloat;  // compute type of all three networks
  at::Device device = at::kCPU;
};

/// The three networks of latent diffusion, ready to run.
struct StableDiffusion {
  StableDiffusionConfig config;
  ClipTextEncoder text_encoder;
  UNet unet;
  AutoencoderKL autoencoder;
};

/// Builds the networks of a checkpoint. Every tensor that belongs to one of them is checked against the shape it must
/// have, and one that nothing uses is an error: Throws Error(kCorruptFile, kUnsupportedModel).
StableDiffusion load_stable_diffusion(const io::TensorFile& file, LoadOptions options);

/// A separate autoencoder file, with or without the "first_stage_model." prefix.
AutoencoderKL load_autoencoder(const io::TensorFile& file, LoadOptions options);

}  // namespace fude::models
