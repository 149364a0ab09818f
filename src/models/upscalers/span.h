#pragma once

#include <cstdint>
#include <memory>

#include "models/upscalers/upscaler.h"
#include "nn/layers.h"
#include "weights/state_dict.h"
#include "weights/tensor_index.h"

namespace fude::models {

/// Shape of a swift parameter-free attention network (Wan et al. 2023, arXiv:2311.12770).
struct SpanConfig {
  int64_t width = 48;
  int64_t scale = 4;
  bool is_centred = true;  // takes (x - mean) * 255; else x as it is (the file has a tensor "no_norm")

  bool operator==(const SpanConfig&) const = default;
};

/// From canonical names. Throws Error(kUnsupportedModel).
SpanConfig infer_span_config(const weights::TensorIndex& index);

/// One convolution instead of the branches it was trained as: a row of 1x1, 3x3 and 1x1 convolutions beside a 1x1 one.
/// Throws Error(kUnsupportedModel, kCorruptFile).
struct FusedConvolution {
  at::Tensor weight, bias;  // [out,in,3,3], [out], fp32
};
FusedConvolution fuse_span_branches(const io::TensorFile& file, const std::string& name);

/// Six blocks of three convolutions, each block weighing its output by that output's own sign and size.
class Span : public Upscaler {
 public:
  /// `file` has canonical names.
  Span(const io::TensorFile& file, const SpanConfig& config, const weights::WeightLayout& layout);
  Span(Span&&) noexcept;
  ~Span() override;

  at::Tensor enlarge(const at::Tensor& picture) const override;
  int64_t scale() const override { return config_.scale; }
  std::string_view family() const override { return "SPAN"; }
  int64_t bytes_a_pixel() const override;

 private:
  struct Layers;

  SpanConfig config_;
  std::unique_ptr<Layers> layers_;
};

}  // namespace fude::models
