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
  int64_t heads = 8;

  bool operator==(const UNetConfig&) const = default;
};

/// Reads the configuration off the names and shapes under "model.diffusion_model." (prefix already taken off).
/// `heads` cannot be seen in the shapes: every SD 1.x U-Net has 8. Throws Error(kUnsupportedModel) when the tensors
/// do not form such a U-Net.
UNetConfig infer_unet_config(const weights::TensorIndex& index);

}  // namespace fude::models
