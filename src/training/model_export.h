#pragma once

#include "training/named_tensors.h"

namespace fude::training {

/// What goes into the model's one file.
struct ModelParts {
  const NamedTensors* autoencoder = nullptr;  // "first_stage_model.*"
  const NamedTensors* decoder =
      nullptr;  // a decoder stage's checkpoint, or null: its moving average replaces the decoder
  const NamedTensors* denoiser = nullptr;  // a denoiser stage's checkpoint: its moving average is taken
};

/// The tensors of Stable Diffusion 1.x's single-file layout in half precision, the full token table and position ids
/// included.
NamedTensors assemble_model(const ModelParts& parts);

}  // namespace fude::training
