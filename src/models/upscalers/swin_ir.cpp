#include "models/upscalers/swin_ir.h"

#include <string>

#include "core/error.h"
#include "models/upscalers/colour_centre.h"
#include "models/upscalers/picture_edges.h"

namespace fude::models {
namespace {

// Of the networks that clean JPEG pictures, which alone among the published ones take values to 255 instead of 1.
constexpr int64_t kJpegWindow = 7;

const std::string kFirstBlock = "layers.0.residual_group.blocks.0.";

std::string blocks_of(int64_t layer) { return "layers." + std::to_string(layer) + ".residual_group.blocks."; }

}  // namespace

SwinIrConfig infer_swin_ir_config(const weights::TensorIndex& index) {
  SwinIrConfig config;
  config.channels = weights::size_of(index, "conv_first.weight", 0);
  config.hidden = weights::size_of(index, kFirstBlock + "mlp.fc1.weight", 0);
  const int64_t side = window_side(index, kFirstBlock + "attn.relative_position_bias_table");
  config.window = {.height = side, .width = side};
  config.has_triple_convs = index.contains("conv_after_body.0.weight");
  config.has_qkv_bias = index.contains(kFirstBlock + "attn.qkv.bias");
  const int64_t layers = weights::count_numbered(index, "layers.", ".residual_group.blocks.0.norm1.weight");
  for (int64_t i = 0; i < layers; ++i) {
    const int64_t heads = weights::size_of(index, blocks_of(i) + "0.attn.relative_position_bias_table", 1);
    require_heads(config.channels, heads);
    config.layers.push_back({.blocks = weights::count_numbered(index, blocks_of(i), ".norm1.weight"), .heads = heads});
  }
  config.reconstruction = infer_reconstruction_config(index);
  const bool is_clean = config.reconstruction.kind == ReconstructionConfig::Kind::kClean;
  if (is_clean && side == kJpegWindow) config.range = 255;
  return config;
}

SwinIr::Block::Block(const weights::WeightView& w, const SwinIrConfig& config, int64_t heads)
    : norm1(w / "norm1", config.channels),
      norm2(w / "norm2", config.channels),
      attention(w / "attn", config.channels, heads, config.window, config.has_qkv_bias),
      mlp(w / "mlp", config.channels, config.hidden) {}

at::Tensor SwinIr::Block::forward(const at::Tensor& x, const WindowPlan& plan) const {
  const at::Tensor h = x + attention.forward(norm1.forward(x), plan);
  return h + mlp.forward(norm2.forward(h));
}

SwinIr::SwinIr(const weights::WeightView& w, const SwinIrConfig& config)
    : config_(config),
      first_(w / "conv_first", 3, config.channels),
      first_norm_(w / "patch_embed" / "norm", config.channels),
      last_norm_(w / "norm", config.channels),
      body_end_(w / "conv_after_body", config.channels, config.has_triple_convs),
      reconstruction_(w, config.channels, config.reconstruction) {
  for (std::size_t i = 0; i < config.layers.size(); ++i) {
    const weights::WeightView place = w / "layers" / static_cast<int64_t>(i);
    Layer layer{.blocks = {}, .conv = GroupConv(place / "conv", config.channels, config.has_triple_convs)};
    for (int64_t block = 0; block < config.layers[i].blocks; ++block)
      layer.blocks.emplace_back(place / "residual_group" / "blocks" / block, config, config.layers[i].heads);
    layers_.push_back(std::move(layer));
  }
}

at::Tensor SwinIr::enlarge(const at::Tensor& picture) const {
  const at::InferenceMode no_gradient;
  const at::Tensor centre = colour_centre(picture);
  const at::Tensor x = (with_sides_of_multiple(picture, config_.window.height) - centre) * config_.range;
  const at::Tensor begin = first_.forward(x.to(first_.options()).contiguous(at::MemoryFormat::ChannelsLast));
  const WindowPlan plain{.grid = config_.window, .roll = 0, .regions = {}};
  const WindowPlan turned = rolled_plan(config_.window, x.size(2), x.size(3), begin.device());
  at::Tensor tokens = first_norm_.forward(tokens_of_map(begin));
  for (const Layer& layer : layers_) {
    at::Tensor h = tokens;
    for (std::size_t i = 0; i < layer.blocks.size(); ++i) h = layer.blocks[i].forward(h, i % 2 == 0 ? plain : turned);
    tokens = tokens + tokens_of_map(layer.conv.forward(map_of_tokens(h)));
  }
  const at::Tensor features = begin + body_end_.forward(map_of_tokens(last_norm_.forward(tokens)));
  at::Tensor out = reconstruction_.forward(features).to(picture.device());
  if (config_.reconstruction.kind == ReconstructionConfig::Kind::kClean) out = out + x;
  return enlarged_part(out / config_.range + centre, picture, scale());
}

int64_t SwinIr::bytes_a_pixel() const {
  const int64_t number_bytes = static_cast<int64_t>(first_.options().dtype().itemsize());
  const int64_t side = scale();
  return number_bytes *
         (12 * config_.channels + 2 * config_.hidden + 3 * side * side * (config_.reconstruction.features + 6));
}

}  // namespace fude::models
