#pragma once

#include <ATen/ATen.h>

#include <map>
#include <string>

namespace fude::tests {

using Tensors = std::map<std::string, at::Tensor>;

/// Forms of the published families that the golden models lack, cut out of those.

/// SDXL's refiner: the second text encoder alone, and one number fewer beside it.
Tensors tiny_refiner();

/// Stable Diffusion 1 that follows instructions: eight channels, the last four a picture's latent.
Tensors tiny_pix2pix();

}  // namespace fude::tests
