#pragma once

#include <cstdint>
#include <vector>

#include "models/upscalers/reconstruction.h"
#include "models/upscalers/upscaler.h"
#include "models/upscalers/window_transformer.h"

namespace fude::models {

/// Shape of a hybrid attention transformer (Chen et al. 2023, arXiv:2205.04437).
struct HatConfig {
  struct Layer {
    int64_t blocks = 6;
    int64_t heads = 6;

    bool operator==(const Layer&) const = default;
  };
  int64_t channels = 180;
  int64_t hidden = 360;     // of the feed-forward layers
  int64_t compressed = 60;  // channels inside the convolutions beside the attention
  int64_t squeezed = 6;     // channels inside their channel attention
  int64_t overlap = 24;     // side of the windows that keys come from where windows overlap
  WindowGrid window;
  std::vector<Layer> layers;
  bool has_qkv_bias = true;
  ReconstructionConfig reconstruction;

  bool operator==(const HatConfig&) const = default;
};

/// From canonical names. Throws Error(kUnsupportedModel).
HatConfig infer_hat_config(const weights::TensorIndex& index);

/// Row of the table of relative positions for each pair of a window's token and one of the larger window around it:
/// [side^2,overlap^2], int64. As in the published code, positions before the table's first row count from its end.
at::Tensor overlap_positions(int64_t side, int64_t overlap);

class Hat : public Upscaler {
 public:
  Hat(const weights::WeightView& w, const HatConfig& config);

  at::Tensor enlarge(const at::Tensor& picture) const override;
  int64_t scale() const override { return config_.reconstruction.scale; }
  std::string_view family() const override { return "HAT"; }
  int64_t grid() const override { return config_.window.height; }
  int64_t bytes_a_pixel() const override;

 private:
  /// Two convolutions whose output's channels are weighed by what all pixels hold.
  struct ChannelBlock {
    nn::Conv2d compress, expand, squeeze, excite;

    ChannelBlock(const weights::WeightView& w, const HatConfig& config);
    /// tokens [B,H,W,C] -> the same.
    at::Tensor forward(const at::Tensor& tokens) const;
  };
  struct Block {
    nn::LayerNorm norm1, norm2;
    WindowAttention attention;
    ChannelBlock conv;
    Mlp mlp;

    Block(const weights::WeightView& w, const HatConfig& config, int64_t heads);
    at::Tensor forward(const at::Tensor& x, const WindowPlan& plan) const;
  };
  /// Attention whose keys and values come from a larger window around the queries'.
  struct OverlapBlock {
    nn::LayerNorm norm1, norm2;
    nn::Linear qkv, proj;
    Mlp mlp;
    at::Tensor bias;  // [heads,side^2,overlap^2], fp32
    int64_t heads, overlap;

    OverlapBlock(const weights::WeightView& w, const HatConfig& config, int64_t heads);
    at::Tensor forward(const at::Tensor& x, const WindowGrid& grid) const;
    at::Tensor surroundings(const at::Tensor& tokens, const WindowGrid& grid) const;
  };
  struct Layer {
    std::vector<Block> blocks;
    OverlapBlock overlap;
    GroupConv conv;
  };

  HatConfig config_;
  nn::Conv2d first_;
  nn::LayerNorm first_norm_, last_norm_;
  std::vector<Layer> layers_;
  GroupConv body_end_;
  Reconstruction reconstruction_;
};

}  // namespace fude::models
