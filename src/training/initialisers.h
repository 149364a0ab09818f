#pragma once

#include "training/parameter_source.h"

namespace fude::training {

/// What PyTorch's layers start from: uniform in +-1/sqrt(fan in) for weights, zero for biases, one for the weights of
/// norms. Draws from ATen's default generator.
at::Tensor default_initial_value(const std::string& name, at::IntArrayRef shape);

/// A start from which an AutoencoderKL learns colours within minutes: nearly the identity. Residual branches begin
/// almost closed, resampling convolutions average or copy, 1x1 shortcuts are orthogonal, the encoder's first layer
/// splits light from opponent colours, and the latent's standard deviation begins small (e^-2.5).
at::Tensor autoencoder_initial_value(const std::string& name, at::IntArrayRef shape);

/// The U-Net's and text encoder's start: the default, but residual branches and the output begin at zero, and
/// embeddings are normal.
at::Tensor denoiser_initial_value(const std::string& name, at::IntArrayRef shape);

/// Seeds ATen's default generator now and returns `initialise`: the start of networks that are made next.
Initialiser seeded(std::uint64_t seed, Initialiser initialise);

}  // namespace fude::training
