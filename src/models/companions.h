#pragma once

#include "io/tensor_file.h"
#include "weights/tensor_index.h"

namespace fude::models {

/// Whether a file is a U-Net without the text encoders and the autoencoder it works with.
bool is_denoiser_alone(const weights::TensorIndex& index);

/// Whether a checkpoint's text encoders and autoencoder fit a U-Net that comes alone: text as wide as it reads, and,
/// for one that takes a vector, a pooled text beside which its numbers have room.
bool fits_denoiser(const weights::TensorIndex& denoiser, const weights::TensorIndex& companion);

/// The denoiser's file with the text encoders and the autoencoder of `companion`, as one checkpoint under the
/// denoiser's name. Both files stay mapped; nothing is copied.
io::TensorFile with_companion(const io::TensorFile& denoiser, const io::TensorFile& companion);

}  // namespace fude::models
