#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "nn/layers.h"
#include "weights/tensor_index.h"
#include "weights/weight_view.h"

/// What SwinIR, HAT and DAT have in common around their blocks.
namespace fude::models {

/// How features become a larger picture.
struct ReconstructionConfig {
  enum class Kind {
    kClean,          // same size: the last convolution's output is added to the picture
    kShuffle,        // a convolution, then doublings (or one tripling) whose channels become pixels, then the last one
    kShuffleAtOnce,  // one convolution whose channels become pixels
    kNearest,        // a convolution, then doublings by repeating pixels, two more convolutions
  };
  Kind kind = Kind::kShuffle;
  int64_t features = 64;  // channels between
  int64_t scale = 4;
  int64_t stages = 2;  // doublings, or the one tripling

  bool operator==(const ReconstructionConfig&) const = default;
};

/// From canonical names. Throws Error(kUnsupportedModel).
ReconstructionConfig infer_reconstruction_config(const weights::TensorIndex& index);

class Reconstruction {
 public:
  Reconstruction(const weights::WeightView& w, int64_t channels, const ReconstructionConfig& config);

  /// features [B,channels,H,W] -> [B,3,scale*H,scale*W], fp32.
  at::Tensor forward(const at::Tensor& features) const;

 private:
  ReconstructionConfig config_;
  std::vector<nn::Conv2d> before_, stages_, last_;  // in the order of use
};

/// The convolution at the end of a group of blocks: one, or three with fewer channels in the middle.
class GroupConv {
 public:
  GroupConv(const weights::WeightView& w, int64_t channels, bool is_triple);
  at::Tensor forward(const at::Tensor& x) const;

 private:
  std::vector<nn::Conv2d> convs_;
};

/// Tokens [B,H,W,C] -> map [B,C,H,W] over the same memory, channels-last; and back.
inline at::Tensor map_of_tokens(const at::Tensor& tokens) { return tokens.permute({0, 3, 1, 2}); }
inline at::Tensor tokens_of_map(const at::Tensor& map) { return map.permute({0, 2, 3, 1}).contiguous(); }

}  // namespace fude::models
