#include "models/upscalers/compact.h"

#include <string>

#include "core/error.h"
#include "ops/elementwise.h"
#include "ops/resize.h"

namespace fude::models {
namespace {

std::string body(int64_t layer) { return "body." + std::to_string(layer) + ".weight"; }

}  // namespace

CompactConfig infer_compact_config(const weights::TensorIndex& index) {
  CompactConfig config;
  const int64_t layers = weights::count_numbered(index, "body.", ".weight");
  if (layers % 2 == 0 || layers < 3) {
    fail(ErrorCode::kUnsupportedModel,
         "the compact upscaler has {} layers with weights, expected an odd number from 3: convolutions with PReLUs "
         "between them",
         layers);
  }
  config.width = weights::size_of(index, body(0), 0);
  config.convs = (layers - 3) / 2;
  const int64_t in = weights::size_of(index, body(0), 1), out = weights::size_of(index, body(layers - 1), 0);
  config.scale = 1;
  while (config.scale < 8 && 3 * config.scale * config.scale < out) ++config.scale;
  if (in != 3 || out != 3 * config.scale * config.scale) {
    fail(ErrorCode::kUnsupportedModel,
         "the compact upscaler has {} channels in and {} out, expected 3, and 3 times a square number up to 64", in,
         out);
  }
  return config;
}

Compact::Compact(const weights::WeightView& w, const CompactConfig& config)
    : config_(config), last_(w / "body" / (2 * config.convs + 2), config.width, 3 * config.scale * config.scale) {
  for (int64_t i = 0; i <= config.convs; ++i) {
    layers_.push_back({.conv = nn::Conv2d(w / "body" / (2 * i), i == 0 ? 3 : config.width, config.width),
                       .slopes = (w / "body" / (2 * i + 1)).take("weight", {config.width})});
  }
}

at::Tensor Compact::enlarge(const at::Tensor& picture) const {
  const at::InferenceMode no_gradient;
  at::Tensor h = picture.to(last_.options()).contiguous(at::MemoryFormat::ChannelsLast);
  for (const Layer& layer : layers_) h = ops::prelu(layer.conv.forward(h), layer.slopes);
  const at::Tensor detail = at::pixel_shuffle(last_.forward(h).to(at::kFloat), config_.scale);
  return detail + ops::resize_nearest(picture.to(detail.device()), detail.size(2), detail.size(3));
}

int64_t Compact::bytes_a_pixel() const {
  const int64_t number_bytes = static_cast<int64_t>(last_.options().dtype().itemsize());
  return 4 * config_.width * number_bytes + 36 * config_.scale * config_.scale;
}

}  // namespace fude::models
