#pragma once

#include <ATen/ATen.h>

#include <array>
#include <cstdint>
#include <vector>

#include "models/upscalers/reconstruction.h"
#include "models/upscalers/window_grid.h"
#include "nn/layers.h"
#include "nn/normed_conv.h"
#include "weights/weight_view.h"

namespace fude::models {

/// Shape of a dual aggregation transformer.
struct DatConfig {
  int64_t channels = 180;
  int64_t hidden = 720;  // of the feed-forward layers, twice what leaves their gate
  int64_t heads = 6;
  WindowGrid window{.height = 8, .width = 32};  // of the first half of the heads; the other half's lies the other way
  std::vector<int64_t> groups;                  // blocks of each
  bool has_triple_convs = false;
  bool has_qkv_bias = true;
  ReconstructionConfig reconstruction;

  bool operator==(const DatConfig&) const = default;
};

/// A convolution whose batch normalisation (arXiv:1502.03167) is worked into its weights.
struct NormedConv {
  at::Tensor weight, bias;
  int64_t groups;

  /// `conv` and `norm` are the places of both; weight [out,in/groups,k,k].
  NormedConv(const weights::WeightView& conv, const weights::WeightView& norm, int64_t in, int64_t out, int64_t kernel,
             int64_t groups = 1);
  at::Tensor forward(const at::Tensor& x) const;
};

/// What lets attention and convolution weigh each other: a weight for each channel, out of the mean over the map, and
/// one for each pixel. Both are given before the sigmoid.
struct DatInteraction {
  NormedConv channel_in, spatial_in;
  nn::Conv2d channel_out, spatial_out;

  DatInteraction(const weights::WeightView& w, int64_t channels);
  at::Tensor of_channels(const at::Tensor& map) const;  // [B,C,H,W] -> [B,C,1,1]
  at::Tensor of_pixels(const at::Tensor& map) const;    // [B,C,H,W] -> [B,1,H,W]
};

/// Attention in windows, half of the heads in wide and half in high ones, beside a convolution of the values.
class DatSpatialAttention {
 public:
  DatSpatialAttention(const weights::WeightView& w, const DatConfig& config, bool is_rolled);
  /// tokens [B,H,W,C] -> the same.
  at::Tensor forward(const at::Tensor& tokens) const;

 private:
  struct Half {
    WindowGrid grid;
    at::Tensor bias;  // [heads/2,tokens,tokens]
  };
  at::Tensor attend(const at::Tensor& qkv, const Half& half, int64_t first_channel) const;

  nn::Linear qkv_, proj_;
  std::array<Half, 2> halves_;
  NormedConv conv_;
  DatInteraction interaction_;
  int64_t heads_;
  bool is_rolled_;
};

/// Attention between the channels of each head, beside a convolution of the values.
class DatChannelAttention {
 public:
  DatChannelAttention(const weights::WeightView& w, const DatConfig& config);
  /// tokens [B,H,W,C] -> the same.
  at::Tensor forward(const at::Tensor& tokens) const;

 private:
  nn::Linear qkv_, proj_;
  at::Tensor temperature_;  // [heads,1,1]
  NormedConv conv_;
  DatInteraction interaction_;
  int64_t heads_;
};

/// Two linear layers; between them half of the channels, through a convolution, gate the other half.
struct DatFeedForward {
  nn::Linear fc1, fc2;
  nn::LayerNorm norm;
  at::Tensor weight, bias;  // of the gate's convolution, one channel each

  DatFeedForward(const weights::WeightView& w, const DatConfig& config);
  at::Tensor forward(const at::Tensor& tokens) const;
};

}  // namespace fude::models
