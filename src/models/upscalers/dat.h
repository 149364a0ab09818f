#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/upscalers/dat_parts.h"
#include "models/upscalers/reconstruction.h"
#include "models/upscalers/upscaler.h"

namespace fude::models {

/// From canonical names. Throws Error(kUnsupportedModel).
DatConfig infer_dat_config(const weights::TensorIndex& index);

/// Dual aggregation transformer (Chen et al. 2023, arXiv:2308.03364): blocks whose tokens attend in windows alternate
/// with blocks whose channels attend to each other.
class Dat : public Upscaler {
 public:
  Dat(const weights::WeightView& w, const DatConfig& config);

  at::Tensor enlarge(const at::Tensor& picture) const override;
  int64_t scale() const override { return config_.reconstruction.scale; }
  std::string_view family() const override { return "DAT"; }
  int64_t grid() const override { return config_.window.width; }
  int64_t bytes_a_pixel() const override;

 private:
  struct Block {
    nn::LayerNorm norm1, norm2;
    std::optional<DatSpatialAttention> spatial;  // of even blocks
    std::optional<DatChannelAttention> channel;  // of odd ones
    DatFeedForward feed_forward;

    Block(const weights::WeightView& w, const DatConfig& config, int64_t group, int64_t number);
    at::Tensor forward(const at::Tensor& tokens) const;
  };
  struct Group {
    std::vector<Block> blocks;
    GroupConv conv;
  };

  DatConfig config_;
  nn::Conv2d first_;
  nn::LayerNorm first_norm_, last_norm_;
  std::vector<Group> groups_;
  GroupConv body_end_;
  Reconstruction reconstruction_;
};

}  // namespace fude::models
