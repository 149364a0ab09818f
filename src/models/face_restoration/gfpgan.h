#pragma once

#include <cstdint>
#include <vector>

#include "models/face_restoration/face_restorer.h"
#include "models/face_restoration/style_decoder.h"
#include "nn/layers.h"
#include "weights/tensor_index.h"
#include "weights/weight_view.h"

namespace fude::models {

/// Shape of a GFPGAN (Wang et al. 2021, arXiv:2101.04061), versions 1.2 to 1.4: the "clean" ones.
struct GfpganConfig {
  int64_t style = 512;                // numbers of a style
  std::vector<int64_t> widths;        // of the U-Net at 4, 8, .. pixels a side, to the face's own
  std::vector<int64_t> style_widths;  // of the decoder, likewise

  int64_t side() const { return int64_t{4} << (widths.size() - 1); }
  bool operator==(const GfpganConfig&) const = default;
};

/// From the file's names without prefix. Throws Error(kUnsupportedModel).
GfpganConfig infer_gfpgan_config(const weights::TensorIndex& index);

/// A U-Net that takes out of a face what a StyleGAN2 shall paint: a style for each layer, and a scale and a shift for
/// half of each level's channels. Noise is what the file keeps, not drawn: the same face always gives the same.
class Gfpgan : public FaceRestorer {
 public:
  Gfpgan(const weights::WeightView& w, const GfpganConfig& config);

  at::Tensor restore(const at::Tensor& face, double fidelity) const override;
  int64_t side() const override { return config_.side(); }
  std::string_view family() const override { return "GFPGAN"; }

 private:
  /// Halves or doubles a map's sides between two convolutions.
  struct Block {
    nn::Conv2d conv1, conv2, skip;

    Block(const weights::WeightView& w, int64_t in, int64_t out);
    at::Tensor forward(const at::Tensor& x, int64_t side) const;
  };
  struct Modulation {
    nn::Conv2d in, out;

    Modulation(const weights::WeightView& w, int64_t in_channels, int64_t out_channels);
    at::Tensor forward(const at::Tensor& x) const;
  };

  GfpganConfig config_;
  nn::Conv2d first_, middle_;
  std::vector<Block> down_, up_;
  nn::Linear styles_;
  std::vector<Modulation> scales_, shifts_;
  StyleDecoder decoder_;
};

}  // namespace fude::models
