#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weights/tensor_index.h"

/// From the names that the diffusers library gives to weights to those of the original release, which Fude uses
/// everywhere. Structure and order of layers are the same; only names and the grouping of blocks differ.
namespace fude::weights {

/// A U-Net. How its blocks are numbered depends on how many layers each has, hence the whole index.
class DiffusersUNetNames {
 public:
  explicit DiffusersUNetNames(const TensorIndex& index);

  /// "down_blocks.0.resnets.1.conv1.weight" -> "input_blocks.2.0.in_layers.2.weight"; absent for a name that no U-Net
  /// of Stable Diffusion has.
  std::optional<std::string> original(std::string_view name) const;

 private:
  struct Block {
    int64_t first = 0;   // number of its first layer in the original's count
    int64_t layers = 0;  // residual blocks
    bool has_attention = false;
  };

  std::vector<Block> down_, up_;
};

/// A KL autoencoder; also by the names of diffusers before 0.18 ("query", "proj_attn").
class DiffusersAutoencoderNames {
 public:
  explicit DiffusersAutoencoderNames(const TensorIndex& index);

  /// "decoder.up_blocks.0.resnets.0.conv1.weight" -> "decoder.up.3.block.0.conv1.weight" (of four levels).
  std::optional<std::string> original(std::string_view name) const;

 private:
  int64_t levels_ = 0;  // of the decoder, which the original numbers from the other end
};

}  // namespace fude::weights
