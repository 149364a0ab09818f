#include "models/upscalers/hat.h"

#include <string>

#include "core/error.h"
#include "models/upscalers/colour_centre.h"
#include "models/upscalers/picture_edges.h"
#include "ops/activation.h"
#include "ops/window_attention.h"

namespace fude::models {
namespace {

constexpr double kConvShare = 0.01;  // of the convolutions beside the attention, in every published model
constexpr int64_t kLargestOverlap = 128;

const std::string kFirstGroup = "layers.0.residual_group.";

std::string group(int64_t layer) { return "layers." + std::to_string(layer) + ".residual_group."; }

// The side of the larger windows, from the table's rows: (side + overlap - 1)^2.
int64_t overlap_side(const weights::TensorIndex& index, int64_t side) {
  const std::string key = kFirstGroup + "overlap_attn.relative_position_bias_table";
  const int64_t rows = weights::size_of(index, key, 0);
  for (int64_t overlap = side; overlap <= kLargestOverlap; overlap += 2) {
    if ((side + overlap - 1) * (side + overlap - 1) == rows) return overlap;
  }
  fail(ErrorCode::kUnsupportedModel, "tensor '{}' has {} rows, which belong to no overlap of windows of {}",
       printable(key), rows, side);
}

}  // namespace

HatConfig infer_hat_config(const weights::TensorIndex& index) {
  HatConfig config;
  const std::string block = kFirstGroup + "blocks.0.";
  config.channels = weights::size_of(index, "conv_first.weight", 0);
  config.hidden = weights::size_of(index, block + "mlp.fc1.weight", 0);
  config.compressed = weights::size_of(index, block + "conv_block.cab.0.weight", 0);
  config.squeezed = weights::size_of(index, block + "conv_block.cab.3.attention.1.weight", 0);
  const int64_t side = window_side(index, block + "attn.relative_position_bias_table");
  config.window = {.height = side, .width = side};
  config.overlap = overlap_side(index, side);
  config.has_qkv_bias = index.contains(block + "attn.qkv.bias");
  const int64_t layers = weights::count_numbered(index, "layers.", ".residual_group.blocks.0.norm1.weight");
  for (int64_t i = 0; i < layers; ++i) {
    const int64_t heads = weights::size_of(index, group(i) + "blocks.0.attn.relative_position_bias_table", 1);
    require_heads(config.channels, heads);
    config.layers.push_back(
        {.blocks = weights::count_numbered(index, group(i) + "blocks.", ".norm1.weight"), .heads = heads});
  }
  config.reconstruction = infer_reconstruction_config(index);
  return config;
}

at::Tensor overlap_positions(int64_t side, int64_t overlap) {
  const auto coordinates = [](int64_t length) {
    const at::Tensor line = at::arange(length, at::kLong);
    return std::pair{line.repeat_interleave(length), line.repeat({length})};
  };
  const auto [inner_rows, inner_columns] = coordinates(side);
  const auto [outer_rows, outer_columns] = coordinates(overlap);
  const int64_t width = side + overlap - 1, first = side - overlap + 1;
  const at::Tensor rows = outer_rows.unsqueeze(0) - inner_rows.unsqueeze(1) + first;
  const at::Tensor columns = outer_columns.unsqueeze(0) - inner_columns.unsqueeze(1) + first;
  return (rows * width + columns).remainder(width * width);
}

Hat::ChannelBlock::ChannelBlock(const weights::WeightView& w, const HatConfig& config)
    : compress(w / "0", config.channels, config.compressed),
      expand(w / "2", config.compressed, config.channels),
      squeeze(w / "3" / "attention" / "1", config.channels, config.squeezed, nn::kPointwise),
      excite(w / "3" / "attention" / "3", config.squeezed, config.channels, nn::kPointwise) {}

at::Tensor Hat::ChannelBlock::forward(const at::Tensor& tokens) const {
  const at::Tensor h = expand.forward(ops::gelu(compress.forward(map_of_tokens(tokens))));
  const at::Tensor mean = h.to(at::kFloat).mean({2, 3}, /*keepdim=*/true).to(h.scalar_type());
  const at::Tensor weight = at::sigmoid(excite.forward(squeeze.forward(mean, {.is_rectified = true})));
  return tokens_of_map(h * weight);
}

Hat::Block::Block(const weights::WeightView& w, const HatConfig& config, int64_t heads)
    : norm1(w / "norm1", config.channels),
      norm2(w / "norm2", config.channels),
      attention(w / "attn", config.channels, heads, config.window, config.has_qkv_bias),
      conv(w / "conv_block" / "cab", config),
      mlp(w / "mlp", config.channels, config.hidden) {}

at::Tensor Hat::Block::forward(const at::Tensor& x, const WindowPlan& plan) const {
  const at::Tensor normed = norm1.forward(x);
  const at::Tensor h = x + attention.forward(normed, plan) + conv.forward(normed) * kConvShare;
  return h + mlp.forward(norm2.forward(h));
}

Hat::OverlapBlock::OverlapBlock(const weights::WeightView& w, const HatConfig& config, int64_t heads)
    : norm1(w / "norm1", config.channels),
      norm2(w / "norm2", config.channels),
      qkv(w / "qkv", config.channels, 3 * config.channels, config.has_qkv_bias),
      proj(w / "proj", config.channels, config.channels),
      mlp(w / "mlp", config.channels, config.hidden),
      heads(heads),
      overlap(config.overlap) {
  const int64_t side = config.window.height, positions = (side + overlap - 1) * (side + overlap - 1);
  bias = bias_from_table(w.take("relative_position_bias_table", {positions, heads}), overlap_positions(side, overlap));
}

// [B,H,W,C] -> [B*windows,overlap^2,C]: around each window; zeros beyond the map.
at::Tensor Hat::OverlapBlock::surroundings(const at::Tensor& tokens, const WindowGrid& grid) const {
  const int64_t margin = (overlap - grid.height) / 2, channels = tokens.size(3);
  const at::Tensor padded = at::constant_pad_nd(tokens, {0, 0, margin, margin, margin, margin});
  const at::Tensor windows = padded.unfold(1, overlap, grid.height).unfold(2, overlap, grid.width);
  return windows.permute({0, 1, 2, 4, 5, 3}).reshape({-1, overlap * overlap, channels});
}

at::Tensor Hat::OverlapBlock::forward(const at::Tensor& x, const WindowGrid& grid) const {
  const std::vector<at::Tensor> parts = qkv.forward(norm1.forward(x)).chunk(3, -1);
  const at::Tensor seen =
      ops::window_attention(cut_into_windows(parts[0], grid), surroundings(parts[1], grid),
                            surroundings(parts[2], grid), {.heads = heads, .bias = bias, .regions = {}});
  const at::Tensor h = x + proj.forward(join_windows(seen, grid, x.size(1), x.size(2)));
  return h + mlp.forward(norm2.forward(h));
}

Hat::Hat(const weights::WeightView& w, const HatConfig& config)
    : config_(config),
      first_(w / "conv_first", 3, config.channels),
      first_norm_(w / "patch_embed" / "norm", config.channels),
      last_norm_(w / "norm", config.channels),
      body_end_(w / "conv_after_body", config.channels, /*is_triple=*/false),
      reconstruction_(w, config.channels, config.reconstruction) {
  for (std::size_t i = 0; i < config.layers.size(); ++i) {
    const weights::WeightView place = w / "layers" / static_cast<int64_t>(i);
    const int64_t heads = config.layers[i].heads;
    Layer layer{.blocks = {},
                .overlap = OverlapBlock(place / "residual_group" / "overlap_attn", config, heads),
                .conv = GroupConv(place / "conv", config.channels, /*is_triple=*/false)};
    for (int64_t block = 0; block < config.layers[i].blocks; ++block)
      layer.blocks.emplace_back(place / "residual_group" / "blocks" / block, config, heads);
    layers_.push_back(std::move(layer));
  }
}

at::Tensor Hat::enlarge(const at::Tensor& picture) const {
  const at::InferenceMode no_gradient;
  const at::Tensor centre = colour_centre(picture);
  const at::Tensor x = with_sides_of_multiple(picture, config_.window.height) - centre;
  const at::Tensor begin = first_.forward(x.to(first_.options()).contiguous(at::MemoryFormat::ChannelsLast));
  const WindowPlan plain{.grid = config_.window, .roll = 0, .regions = {}};
  const WindowPlan turned = rolled_plan(config_.window, x.size(2), x.size(3), begin.device());
  at::Tensor tokens = first_norm_.forward(tokens_of_map(begin));
  for (const Layer& layer : layers_) {
    at::Tensor h = tokens;
    for (std::size_t i = 0; i < layer.blocks.size(); ++i) h = layer.blocks[i].forward(h, i % 2 == 0 ? plain : turned);
    h = layer.overlap.forward(h, config_.window);
    tokens = tokens + tokens_of_map(layer.conv.forward(map_of_tokens(h)));
  }
  const at::Tensor features = begin + body_end_.forward(map_of_tokens(last_norm_.forward(tokens)));
  return enlarged_part(reconstruction_.forward(features).to(picture.device()) + centre, picture, scale());
}

int64_t Hat::bytes_a_pixel() const {
  const int64_t number_bytes = static_cast<int64_t>(first_.options().dtype().itemsize());
  const int64_t side = scale(), side_ratio = config_.overlap * config_.overlap / config_.window.tokens() + 1;
  return number_bytes * ((12 + 4 * side_ratio) * config_.channels + 2 * config_.hidden +
                         3 * side * side * config_.reconstruction.features);
}

}  // namespace fude::models
