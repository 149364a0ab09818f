#pragma once

#include <cstdint>
#include <vector>

#include "weights/tensor_index.h"

namespace fude::models {

/// Shape of a latent-diffusion U-Net (Rombach et al. 2022). Defaults are Stable Diffusion 1.x.
struct UNetConfig {
  int64_t in_channels = 4;
  int64_t out_channels = 4;
  int64_t model_channels = 320;
  std::vector<int64_t> channel_mult = {1, 2, 4, 4};       // width of each level, in model_channels
  std::vector<int64_t> transformer_depth = {1, 1, 1, 0};  // transformer blocks after each res block of a level
  int64_t middle_transformer_depth = 1;
  int64_t res_blocks = 2;  // per level on the way down; one more on the way up
  int64_t context_dim = 768;
  int64_t heads = 8;  // of every attention; 0: as many as head_width goes into the width
  int64_t head_width = 0;
  bool has_linear_projections = false;  // around the transformers, instead of 1x1 convolutions
  int64_t vector_dim = 0;               // what is said of the whole picture at once; 0: nothing

  int64_t heads_at(int64_t channels) const { return heads > 0 ? heads : channels / head_width; }

  bool operator==(const UNetConfig&) const = default;
};

/// Reads the configuration off the names and shapes under "model.diffusion_model." (prefix already taken off).
/// The number of heads cannot be seen in the shapes: every U-Net with 1x1 convolutions around its transformers (SD 1.x)
/// has 8, every one with linear layers there (SD 2.x, SDXL) has heads of 64 channels. Throws Error(kUnsupportedModel)
/// when the tensors do not form such a U-Net.
UNetConfig infer_unet_config(const weights::TensorIndex& index);

}  // namespace fude::models
