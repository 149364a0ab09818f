#include "models/upscalers/dat.h"

#include <string>

#include "core/error.h"
#include "models/upscalers/colour_centre.h"
#include "models/upscalers/picture_edges.h"
#include "models/upscalers/window_transformer.h"

namespace fude::models {
namespace {

constexpr int64_t kLargestSide = 128;
const std::string kFirstAttention = "layers.0.blocks.0.attn.";

// The sides of windows of `tokens` tokens with `positions` = (2h-1)(2w-1) relative positions. The smaller comes first,
// as in every published model.
WindowGrid window_of(int64_t tokens, int64_t positions) {
  for (int64_t side = 1; side <= kLargestSide && side * side <= tokens; ++side) {
    const int64_t other = tokens / side;
    if (side * other == tokens && other <= kLargestSide && (2 * side - 1) * (2 * other - 1) == positions)
      return {.height = side, .width = other};
  }
  fail(ErrorCode::kUnsupportedModel, "the DAT has windows of {} tokens with {} relative positions, which fit no sides",
       tokens, positions);
}

// Every other of the blocks that attend in windows is rolled; in even groups not the first, in odd groups that one.
bool is_rolled(int64_t group, int64_t block) { return group % 2 == 0 ? block % 4 == 2 : block % 4 == 0; }

}  // namespace

DatConfig infer_dat_config(const weights::TensorIndex& index) {
  DatConfig config;
  config.channels = weights::size_of(index, "conv_first.weight", 0);
  config.hidden = weights::size_of(index, "layers.0.blocks.0.ffn.fc1.weight", 0);
  const bool has_channel_blocks = index.contains("layers.0.blocks.1.attn.temperature");
  config.heads = has_channel_blocks ? weights::size_of(index, "layers.0.blocks.1.attn.temperature", 0)
                                    : 2 * weights::size_of(index, kFirstAttention + "attns.0.pos.pos3.2.weight", 0);
  config.window = window_of(weights::size_of(index, kFirstAttention + "attns.0.relative_position_index", 0),
                            weights::size_of(index, kFirstAttention + "attns.0.rpe_biases", 0));
  require_heads(config.channels, config.heads);
  if (config.heads % 2 != 0 || config.hidden % 2 != 0 || config.channels < 32) {
    fail(ErrorCode::kUnsupportedModel,
         "the DAT has {} channels, {} inside its feed-forward layers and {} heads, expected 32 or more, and even "
         "numbers",
         config.channels, config.hidden, config.heads);
  }
  config.has_triple_convs = index.contains("conv_after_body.0.weight");
  config.has_qkv_bias = index.contains(kFirstAttention + "qkv.bias");
  const int64_t groups = weights::count_numbered(index, "layers.", ".blocks.0.norm1.weight");
  for (int64_t i = 0; i < groups; ++i) {
    config.groups.push_back(
        weights::count_numbered(index, "layers." + std::to_string(i) + ".blocks.", ".norm1.weight"));
  }
  config.reconstruction = infer_reconstruction_config(index);
  return config;
}

Dat::Block::Block(const weights::WeightView& w, const DatConfig& config, int64_t group, int64_t number)
    : norm1(w / "norm1", config.channels), norm2(w / "norm2", config.channels), feed_forward(w / "ffn", config) {
  if (number % 2 == 0)
    spatial.emplace(w / "attn", config, is_rolled(group, number));
  else
    channel.emplace(w / "attn", config);
}

at::Tensor Dat::Block::forward(const at::Tensor& tokens) const {
  const at::Tensor normed = norm1.forward(tokens);
  const at::Tensor h = tokens + (spatial ? spatial->forward(normed) : channel->forward(normed));
  return h + feed_forward.forward(norm2.forward(h));
}

Dat::Dat(const weights::WeightView& w, const DatConfig& config)
    : config_(config),
      first_(w / "conv_first", 3, config.channels),
      first_norm_(w / "before_RG" / "1", config.channels),
      last_norm_(w / "norm", config.channels),
      body_end_(w / "conv_after_body", config.channels, config.has_triple_convs),
      reconstruction_(w, config.channels, config.reconstruction) {
  for (std::size_t i = 0; i < config.groups.size(); ++i) {
    const weights::WeightView place = w / "layers" / static_cast<int64_t>(i);
    Group group{.blocks = {}, .conv = GroupConv(place / "conv", config.channels, config.has_triple_convs)};
    for (int64_t block = 0; block < config.groups[i]; ++block)
      group.blocks.emplace_back(place / "blocks" / block, config, static_cast<int64_t>(i), block);
    groups_.push_back(std::move(group));
  }
}

at::Tensor Dat::enlarge(const at::Tensor& picture) const {
  const at::InferenceMode no_gradient;
  const at::Tensor centre = colour_centre(picture);
  const at::Tensor begin =
      first_.forward((picture - centre).to(first_.options()).contiguous(at::MemoryFormat::ChannelsLast));
  at::Tensor tokens = first_norm_.forward(tokens_of_map(begin));
  for (const Group& group : groups_) {
    at::Tensor h = tokens;
    for (const Block& block : group.blocks) h = block.forward(h);
    tokens = tokens + tokens_of_map(group.conv.forward(map_of_tokens(h)));
  }
  const at::Tensor features = begin + body_end_.forward(map_of_tokens(last_norm_.forward(tokens)));
  return reconstruction_.forward(features).to(picture.device()) + centre;
}

int64_t Dat::bytes_a_pixel() const {
  const int64_t number_bytes = static_cast<int64_t>(first_.options().dtype().itemsize());
  const int64_t side = scale();
  return number_bytes *
             (16 * config_.channels + 3 * config_.hidden + 3 * side * side * config_.reconstruction.features) +
         16 * config_.channels;  // channel attention is in fp32
}

}  // namespace fude::models
