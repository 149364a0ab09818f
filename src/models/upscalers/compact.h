#pragma once

#include <cstdint>
#include <vector>

#include "models/upscalers/upscaler.h"
#include "nn/layers.h"
#include "weights/tensor_index.h"
#include "weights/weight_view.h"

namespace fude::models {

/// Shape of Real-ESRGAN's compact network, which is for video ("SRVGG": realesr-animevideov3, realesr-general-x4v3).
struct CompactConfig {
  int64_t width = 64;
  int64_t convs = 16;  // between the first and the last
  int64_t scale = 4;

  bool operator==(const CompactConfig&) const = default;
};

/// From canonical names. Throws Error(kUnsupportedModel).
CompactConfig infer_compact_config(const weights::TensorIndex& index);

/// Convolutions at the picture's size; the last one's channels are the larger picture's pixels, which are added to the
/// picture enlarged by repeating its own.
class Compact : public Upscaler {
 public:
  Compact(const weights::WeightView& w, const CompactConfig& config);

  at::Tensor enlarge(const at::Tensor& picture) const override;
  int64_t scale() const override { return config_.scale; }
  std::string_view family() const override { return "Real-ESRGAN compact"; }
  int64_t bytes_a_pixel() const override;

 private:
  struct Layer {
    nn::Conv2d conv;
    at::Tensor slopes;  // [C]
  };

  CompactConfig config_;
  std::vector<Layer> layers_;
  nn::Conv2d last_;
};

}  // namespace fude::models
