#pragma once

#include <cstdint>
#include <vector>

#include "models/upscalers/reconstruction.h"
#include "models/upscalers/upscaler.h"
#include "models/upscalers/window_transformer.h"

namespace fude::models {

/// Shape of a SwinIR (Liang et al. 2021, arXiv:2108.10257).
struct SwinIrConfig {
  struct Layer {
    int64_t blocks = 6;
    int64_t heads = 6;

    bool operator==(const Layer&) const = default;
  };
  int64_t channels = 180;
  int64_t hidden = 360;  // of the feed-forward layers
  WindowGrid window;
  std::vector<Layer> layers;
  bool has_triple_convs = false;
  bool has_qkv_bias = true;
  double range = 1;  // what white is in the network
  ReconstructionConfig reconstruction;

  bool operator==(const SwinIrConfig&) const = default;
};

/// From canonical names. Throws Error(kUnsupportedModel).
SwinIrConfig infer_swin_ir_config(const weights::TensorIndex& index);

class SwinIr : public Upscaler {
 public:
  SwinIr(const weights::WeightView& w, const SwinIrConfig& config);

  at::Tensor enlarge(const at::Tensor& picture) const override;
  int64_t scale() const override { return config_.reconstruction.scale; }
  std::string_view family() const override { return "SwinIR"; }
  int64_t grid() const override { return config_.window.height; }
  int64_t bytes_a_pixel() const override;

 private:
  struct Block {
    nn::LayerNorm norm1, norm2;
    WindowAttention attention;
    Mlp mlp;

    Block(const weights::WeightView& w, const SwinIrConfig& config, int64_t heads);
    at::Tensor forward(const at::Tensor& x, const WindowPlan& plan) const;
  };
  struct Layer {
    std::vector<Block> blocks;
    GroupConv conv;
  };

  SwinIrConfig config_;
  nn::Conv2d first_;
  nn::LayerNorm first_norm_, last_norm_;
  std::vector<Layer> layers_;
  GroupConv body_end_;
  Reconstruction reconstruction_;
};

}  // namespace fude::models
