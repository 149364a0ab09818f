#pragma once

#include <ATen/ATen.h>

namespace fude::models {

/// FreeU, Si et al. 2023 (arXiv:2309.11497), in its second version: on the way up, half of the backbone's channels are
/// strengthened where the feature map is strong, and the lowest frequencies of what comes over the skip connections
/// are weakened. The first pair acts where the map has four times the U-Net's model channels, the second where it
/// has twice as many.
struct FreeU {
  double backbone1 = 1.5, backbone2 = 1.6;  // 1: no change
  double skip1 = 0.9, skip2 = 0.2;
};

/// What goes into a block on the way up: the backbone's map h [B,C,H,W] and the skip's [B,C',H,W].
struct UpwardInputs {
  at::Tensor h, skip;
};

UpwardInputs apply_free_u(const FreeU& free_u, const UpwardInputs& inputs, int64_t model_channels);

/// x [B,C,H,W] with its lowest frequencies times `scale`: 0 and -1 along both sides, as published. Computed as a sum of
/// these four waves, so that no Fourier transform is needed. Maps of one row or column stay as they are.
at::Tensor scale_low_frequencies(const at::Tensor& x, double scale);

}  // namespace fude::models
