#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "nn/layers.h"
#include "weights/tensor_index.h"
#include "weights/weight_view.h"

namespace fude::models {

/// Shape of a ParseNet (Chen et al. 2021, arXiv:2009.08709, section 3.1).
struct ParseNetConfig {
  int64_t stem = 64;
  std::vector<int64_t> encoder;  // channels after each halving
  int64_t body = 10;             // blocks
  std::vector<int64_t> decoder;  // channels after each doubling
  int64_t classes = 19;

  bool operator==(const ParseNetConfig&) const = default;
};

/// From the file's names without prefix. Throws Error(kUnsupportedModel).
ParseNetConfig infer_parse_net_config(const weights::TensorIndex& index);

/// Tells what each pixel of a face shows.
class ParseNet {
 public:
  ParseNet(const weights::WeightView& w, const ParseNetConfig& config);

  /// face [1,3,S,S] in [-1,1], fp32, S a multiple of side_step() and at least twice that -> classes [S,S], int64, in
  /// [0,19): 0 ground, 1 skin, .., 13 hair, .. For inference.
  at::Tensor parse(const at::Tensor& face) const;

  int64_t side_step() const { return int64_t{1} << config_.encoder.size(); }

 private:
  /// A convolution of the picture with its edges mirrored.
  struct Layer {
    nn::Conv2d conv;

    at::Tensor forward(const at::Tensor& x) const;
  };
  struct Block {
    Layer conv1, conv2;
    std::optional<Layer> shortcut;
    bool doubles = false;

    at::Tensor forward(const at::Tensor& x) const;
  };

  static Layer plain(const weights::WeightView& w, int64_t in, int64_t out, int64_t stride = 1);
  static Layer normed(const weights::WeightView& w, int64_t in, int64_t out, int64_t stride = 1);
  static Block block(const weights::WeightView& w, int64_t in, int64_t out, int64_t stride, bool doubles);

  ParseNetConfig config_;
  Layer stem_;
  std::vector<Block> encoder_, body_, decoder_;
  Layer classes_;
};

}  // namespace fude::models
