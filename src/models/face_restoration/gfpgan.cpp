#include "models/face_restoration/gfpgan.h"

#include <string>

#include "core/error.h"
#include "ops/elementwise.h"
#include "ops/resize.h"

namespace fude::models {
namespace {

constexpr double kSlope = 0.2;
constexpr int64_t kFirstCells = 4 * 4;
constexpr int64_t kMostLevels = 8;  // to 1024 pixels a side

const std::string kDecoder = "stylegan_decoder.";

std::string level_name(const std::string& place, int64_t level, const char* rest) {
  return place + std::to_string(level) + rest;
}

void require_halves(const weights::TensorIndex& index, const GfpganConfig& config) {
  for (std::size_t i = 1; i < config.style_widths.size(); ++i) {
    const int64_t scaled =
        weights::size_of(index, level_name("condition_scale.", static_cast<int64_t>(i) - 1, ".2.weight"), 0);
    if (config.style_widths[i] == 2 * scaled) continue;
    fail(ErrorCode::kUnsupportedModel,
         "the GFPGAN scales {} of {} channels, expected half of them (versions 1.2 to 1.4)", scaled,
         config.style_widths[i]);
  }
}

}  // namespace

GfpganConfig infer_gfpgan_config(const weights::TensorIndex& index) {
  GfpganConfig config;
  config.style = weights::size_of(index, kDecoder + "style_conv1.modulated_conv.modulation.weight", 1);
  const int64_t levels = weights::count_numbered(index, "conv_body_up.", ".conv1.weight");
  if (levels < 1 || levels > kMostLevels || index.contains("conv_body_first.0.weight")) {
    fail(ErrorCode::kUnsupportedModel, "the GFPGAN has {} levels, expected 1 to {}", levels, kMostLevels);
  }
  config.widths.push_back(weights::size_of(index, "final_conv.weight", 0));
  config.style_widths.push_back(weights::size_of(index, kDecoder + "constant_input.weight", 1));
  for (int64_t level = 0; level < levels; ++level) {
    config.widths.push_back(weights::size_of(index, level_name("conv_body_up.", level, ".conv2.weight"), 0));
    config.style_widths.push_back(
        weights::size_of(index, level_name(kDecoder + "style_convs.", 2 * level, ".modulated_conv.weight"), 1));
  }
  require_halves(index, config);
  return config;
}

Gfpgan::Block::Block(const weights::WeightView& w, int64_t in, int64_t out)
    : conv1(w / "conv1", in, in),
      conv2(w / "conv2", in, out),
      skip(w / "skip", in, out, nn::kPointwise, /*has_bias=*/false) {}

at::Tensor Gfpgan::Block::forward(const at::Tensor& x, int64_t side) const {
  const at::Tensor h = ops::resize_bilinear(ops::leaky_relu(conv1.forward(x), kSlope), side, side);
  return ops::leaky_relu(conv2.forward(h), kSlope) + skip.forward(ops::resize_bilinear(x, side, side));
}

Gfpgan::Modulation::Modulation(const weights::WeightView& w, int64_t in_channels, int64_t out_channels)
    : in(w / "0", in_channels, in_channels), out(w / "2", in_channels, out_channels) {}

at::Tensor Gfpgan::Modulation::forward(const at::Tensor& x) const {
  return out.forward(ops::leaky_relu(in.forward(x), kSlope));
}

Gfpgan::Gfpgan(const weights::WeightView& w, const GfpganConfig& config)
    : config_(config),
      first_(w / "conv_body_first", 3, config.widths.back(), nn::kPointwise),
      middle_(w / "final_conv", config.widths[0], config.widths[0]),
      styles_(w / "final_linear", config.widths[0] * kFirstCells,
              2 * static_cast<int64_t>(config.widths.size()) * config.style),
      decoder_(w / "stylegan_decoder", config.style_widths, config.style) {
  const std::vector<int64_t>& widths = config.widths;
  const auto levels = static_cast<int64_t>(widths.size()) - 1;
  const auto width = [&](int64_t level) { return widths[static_cast<std::size_t>(level)]; };
  for (int64_t i = 0; i < levels; ++i) {
    down_.emplace_back(w / "conv_body_down" / i, width(levels - i), width(levels - i - 1));
    up_.emplace_back(w / "conv_body_up" / i, width(i), width(i + 1));
    const int64_t half = config.style_widths[static_cast<std::size_t>(i + 1)] / 2;
    scales_.emplace_back(w / "condition_scale" / i, width(i + 1), half);
    shifts_.emplace_back(w / "condition_shift" / i, width(i + 1), half);
  }
}

at::Tensor Gfpgan::restore(const at::Tensor& face, double) const {
  const at::InferenceMode no_gradient;
  at::Tensor h =
      ops::leaky_relu(first_.forward(face.to(first_.options()).contiguous(at::MemoryFormat::ChannelsLast)), kSlope);
  std::vector<at::Tensor> seen;
  for (const Block& block : down_) seen.push_back(h = block.forward(h, h.size(2) / 2));
  h = ops::leaky_relu(middle_.forward(h), kSlope);
  const at::Tensor styles = styles_.forward(h.contiguous(at::MemoryFormat::Contiguous).flatten(1));
  std::vector<StyleCondition> conditions;
  for (std::size_t i = 0; i < up_.size(); ++i) {
    h = up_[i].forward(h + seen[seen.size() - 1 - i], 2 * h.size(2));
    conditions.push_back({.scale = scales_[i].forward(h), .shift = shifts_[i].forward(h)});
  }
  return decoder_.forward(styles.view({1, -1, config_.style}), conditions).to(at::kCPU, at::kFloat);
}

}  // namespace fude::models
