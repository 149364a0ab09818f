#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/upscalers/upscaler.h"
#include "nn/layers.h"
#include "weights/tensor_index.h"
#include "weights/weight_view.h"

namespace fude::models {

/// Shape of an ESRGAN generator (Wang et al. 2018, arXiv:1809.00219), Real-ESRGAN's (arXiv:2107.10833) included.
struct EsrganConfig {
  int64_t width = 64;
  int64_t growth = 32;  // channels that each convolution of a dense block adds
  int64_t blocks = 23;  // 6 in the anime model
  int64_t doublings = 2;
  int64_t unshuffle = 1;  // blocks of so many pixels a side come in as channels: 2 in Real-ESRGAN's x2plus

  int64_t scale() const { return (int64_t{1} << doublings) / unshuffle; }
  bool operator==(const EsrganConfig&) const = default;
};

/// From canonical names. Throws Error(kUnsupportedModel).
EsrganConfig infer_esrgan_config(const weights::TensorIndex& index);

/// A trunk of dense blocks at the picture's size, then doublings.
class Esrgan : public Upscaler {
 public:
  Esrgan(const weights::WeightView& w, const EsrganConfig& config);

  at::Tensor enlarge(const at::Tensor& picture) const override;
  int64_t scale() const override { return config_.scale(); }
  std::string_view family() const override { return "ESRGAN"; }
  int64_t grid() const override { return config_.unshuffle; }
  int64_t bytes_a_pixel() const override;

 private:
  /// Five convolutions; each sees what all before it made.
  struct DenseBlock {
    std::vector<nn::Conv2d> convs;

    DenseBlock(const weights::WeightView& w, const EsrganConfig& config);
    at::Tensor forward(const at::Tensor& x) const;
  };
  /// Three of them in a residual.
  struct Block {
    std::vector<DenseBlock> dense;

    at::Tensor forward(const at::Tensor& x) const;
  };

  EsrganConfig config_;
  nn::Conv2d first_, body_end_;
  std::vector<Block> body_;
  std::vector<nn::Conv2d> doublings_;
  nn::Conv2d high_, last_;
};

}  // namespace fude::models
