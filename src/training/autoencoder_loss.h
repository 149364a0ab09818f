#pragma once

#include <ATen/ATen.h>

#include "training/gradients.h"

namespace fude::training {

/// Weights of the parts of the autoencoder's loss, each a mean over all numbers.
struct AutoencoderLossWeights {
  double gradient = 0.5;  // L1 of horizontal and vertical differences: sharp lines
  double low = 0.5;       // L1 of 8x8 means: right colours of areas
  double chroma = 8;      // squared error at half size with the lightness taken out: without it the start stays grey
  double squared = 1;
  double divergence = 1e-5;  // KL of the latent's posterior from the standard normal
};

/// How far `reconstruction` is from `image`, both [B,3,H,W] in about [-1,1], H and W multiples of 8: L1 plus the parts
/// above but the divergence.
ShardLoss reconstruction_loss(const at::Tensor& reconstruction, const at::Tensor& image,
                              const AutoencoderLossWeights& weights);

/// KL(N(mean, exp(log_variance)) || N(0, 1)), mean over all numbers (Kingma & Welling 2013, arXiv:1312.6114, appendix
/// B).
at::Tensor normal_divergence(const at::Tensor& mean, const at::Tensor& log_variance);

}  // namespace fude::training
