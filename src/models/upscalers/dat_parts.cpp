#include "models/upscalers/dat_parts.h"

#include <algorithm>
#include <string>

#include "models/upscalers/window_transformer.h"
#include "ops/activation.h"
#include "ops/window_attention.h"

namespace fude::models {
namespace {

constexpr double kNormEps = 1e-5;
constexpr double kUnitEps = 1e-12;  // against division by a length of zero
constexpr int64_t kChannelShare = 8, kSpatialShare = 16;

// What each relative position of a window adds to the scores, by a small network of its two coordinates.
at::Tensor dynamic_bias(const weights::WeightView& w, const WindowGrid& grid, int64_t heads, int64_t width) {
  const at::Tensor rows = at::arange(1 - grid.height, grid.height, at::kFloat);
  const at::Tensor columns = at::arange(1 - grid.width, grid.width, at::kFloat);
  at::Tensor h = at::stack({rows.repeat_interleave(columns.size(0)), columns.repeat({rows.size(0)})}, 1);
  const auto linear = [](const weights::WeightView& place, const at::Tensor& x, int64_t out) {
    const at::Tensor weight = place.take("weight", {out, x.size(1)}).to(at::kCPU, at::kFloat);
    return at::addmm(place.take("bias", {out}).to(at::kCPU, at::kFloat), x, weight.t());
  };
  h = linear(w / "pos_proj", h, width);
  for (const char* name : {"pos1", "pos2", "pos3"}) {
    const weights::WeightView place = w / name;
    const at::Tensor scale = (place / "0").take("weight", {width}).to(at::kCPU, at::kFloat);
    const at::Tensor shift = (place / "0").take("bias", {width}).to(at::kCPU, at::kFloat);
    h = at::relu(at::layer_norm(h, {width}, scale, shift, kNormEps));
    h = linear(place / "2", h, std::string(name) == "pos3" ? heads : width);
  }
  return bias_from_table(h, relative_positions(grid));
}

// The width of that network: each of two divisions of the channels cuts off the rest.
int64_t bias_width(int64_t channels) { return channels / 2 / 4 / 4; }

at::Tensor rolled(const at::Tensor& tokens, int64_t rows, int64_t columns) {
  return tokens.roll({rows, columns}, {1, 2});
}

// tokens [B,H,W,3C] -> the values as a map [B,C,H,W].
at::Tensor map_of_values(const at::Tensor& qkv) {
  const int64_t channels = qkv.size(3) / 3;
  return map_of_tokens(qkv.narrow(3, 2 * channels, channels).contiguous());
}

}  // namespace

NormedConv::NormedConv(const weights::WeightView& conv, const weights::WeightView& norm, int64_t in, int64_t out,
                       int64_t kernel, int64_t groups)
    : groups(groups) {
  const at::Tensor stored = conv.take("weight", {out, in / groups, kernel, kernel});
  const nn::BatchNormLine line(norm, out);
  weight = (stored.to(at::kFloat) * line.scale.view({-1, 1, 1, 1})).to(stored.scalar_type());
  bias = (conv.take("bias", {out}).to(at::kFloat) * line.scale + line.shift).to(stored.scalar_type());
}

at::Tensor NormedConv::forward(const at::Tensor& x) const {
  const int64_t padding = weight.size(2) / 2;
  return at::conv2d(x, weight, bias, {1, 1}, {padding, padding}, {1, 1}, groups);
}

DatInteraction::DatInteraction(const weights::WeightView& w, int64_t channels)
    : channel_in(w / "channel_interaction" / "1", w / "channel_interaction" / "2", channels, channels / kChannelShare,
                 1),
      spatial_in(w / "spatial_interaction" / "0", w / "spatial_interaction" / "1", channels, channels / kSpatialShare,
                 1),
      channel_out(w / "channel_interaction" / "4", channels / kChannelShare, channels, nn::kPointwise),
      spatial_out(w / "spatial_interaction" / "3", channels / kSpatialShare, 1, nn::kPointwise) {}

at::Tensor DatInteraction::of_channels(const at::Tensor& map) const {
  const at::Tensor mean = map.to(at::kFloat).mean({2, 3}, /*keepdim=*/true).to(map.scalar_type());
  return channel_out.forward(ops::gelu(channel_in.forward(mean)));
}

at::Tensor DatInteraction::of_pixels(const at::Tensor& map) const {
  return spatial_out.forward(ops::gelu(spatial_in.forward(map)));
}

DatSpatialAttention::DatSpatialAttention(const weights::WeightView& w, const DatConfig& config, bool is_rolled)
    : qkv_(w / "qkv", config.channels, 3 * config.channels, config.has_qkv_bias),
      proj_(w / "proj", config.channels, config.channels),
      conv_(w / "dwconv" / "0", w / "dwconv" / "1", config.channels, config.channels, 3, config.channels),
      interaction_(w, config.channels),
      heads_(config.heads),
      is_rolled_(is_rolled) {
  halves_[0].grid = config.window;
  halves_[1].grid = {.height = config.window.width, .width = config.window.height};
  for (int64_t i = 0; i < 2; ++i) {
    Half& half = halves_[static_cast<std::size_t>(i)];
    half.bias = dynamic_bias(w / "attns" / i / "pos", half.grid, heads_ / 2, bias_width(config.channels));
  }
}

// qkv [B,H,W,3C], whose sides fit the windows -> [B,H,W,C/2], of one half of the channels.
at::Tensor DatSpatialAttention::attend(const at::Tensor& qkv, const Half& half, int64_t first_channel) const {
  const int64_t channels = qkv.size(3) / 3, height = qkv.size(1), width = qkv.size(2);
  const int64_t rows = is_rolled_ ? half.grid.height / 2 : 0, columns = is_rolled_ ? half.grid.width / 2 : 0;
  const auto windows = [&](int64_t which) {
    const at::Tensor part = qkv.narrow(3, which * channels + first_channel, channels / 2);
    return cut_into_windows(is_rolled_ ? rolled(part, -rows, -columns) : part, half.grid);
  };
  at::Tensor regions;
  if (is_rolled_)
    regions = rolled_regions(half.grid, height, width, rows, columns).to(qkv.device()).repeat({qkv.size(0), 1});
  const at::Tensor seen =
      ops::window_attention(windows(0), windows(1), windows(2),
                            {.heads = heads_ / 2, .bias = half.bias.to(qkv.device()), .regions = regions});
  const at::Tensor joined = join_windows(seen, half.grid, height, width);
  return is_rolled_ ? rolled(joined, rows, columns) : joined;
}

at::Tensor DatSpatialAttention::forward(const at::Tensor& tokens) const {
  const int64_t height = tokens.size(1), width = tokens.size(2), channels = tokens.size(3);
  const at::Tensor qkv = qkv_.forward(tokens);
  const int64_t side = std::max(halves_[0].grid.height, halves_[0].grid.width);
  const auto rest = [side](int64_t length) { return (side - length % side) % side; };
  // What is beyond the edges has no query, no key and no value, but a weight in the softmax as its key of zeros gives.
  const at::Tensor filled = at::constant_pad_nd(qkv, {0, 0, 0, rest(width), 0, rest(height)});
  const at::Tensor seen = at::cat({attend(filled, halves_[0], 0), attend(filled, halves_[1], channels / 2)}, 3)
                              .narrow(1, 0, height)
                              .narrow(2, 0, width)
                              .contiguous();
  const at::Tensor convolved = ops::gelu(conv_.forward(map_of_values(qkv)));
  const at::Tensor map = map_of_tokens(seen);
  const at::Tensor both =
      map * at::sigmoid(interaction_.of_channels(convolved)) + convolved * at::sigmoid(interaction_.of_pixels(map));
  return proj_.forward(tokens_of_map(both));
}

DatChannelAttention::DatChannelAttention(const weights::WeightView& w, const DatConfig& config)
    : qkv_(w / "qkv", config.channels, 3 * config.channels, config.has_qkv_bias),
      proj_(w / "proj", config.channels, config.channels),
      temperature_(w.take("temperature", {config.heads, 1, 1})),
      conv_(w / "dwconv" / "0", w / "dwconv" / "1", config.channels, config.channels, 3, config.channels),
      interaction_(w, config.channels),
      heads_(config.heads) {}

at::Tensor DatChannelAttention::forward(const at::Tensor& tokens) const {
  const int64_t height = tokens.size(1), width = tokens.size(2), channels = tokens.size(3);
  const int64_t batch = tokens.size(0), pixels = height * width, depth = channels / heads_;
  const at::Tensor qkv = qkv_.forward(tokens);
  // [3,B,heads,depth,pixels]
  const at::Tensor parts = qkv.reshape({batch, pixels, 3, heads_, depth}).permute({2, 0, 3, 4, 1}).to(at::kFloat);
  const auto unit = [](const at::Tensor& x) { return x / x.norm(2, -1, /*keepdim=*/true).clamp_min(kUnitEps); };
  const at::Tensor scores = at::matmul(unit(parts[0]), unit(parts[1]).transpose(2, 3)) * temperature_.to(at::kFloat);
  const at::Tensor map = at::matmul(at::softmax(scores, -1), parts[2])
                             .reshape({batch, channels, height, width})
                             .to(tokens.scalar_type())
                             .contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor convolved = ops::gelu(conv_.forward(map_of_values(qkv)));
  const at::Tensor both =
      map * at::sigmoid(interaction_.of_pixels(convolved)) + convolved * at::sigmoid(interaction_.of_channels(map));
  return proj_.forward(tokens_of_map(both));
}

DatFeedForward::DatFeedForward(const weights::WeightView& w, const DatConfig& config)
    : fc1(w / "fc1", config.channels, config.hidden),
      fc2(w / "fc2", config.hidden / 2, config.channels),
      norm(w / "sg" / "norm", config.hidden / 2),
      weight((w / "sg" / "conv").take("weight", {config.hidden / 2, 1, 3, 3})),
      bias((w / "sg" / "conv").take("bias", {config.hidden / 2})) {}

at::Tensor DatFeedForward::forward(const at::Tensor& tokens) const {
  const std::vector<at::Tensor> halves = fc1.forward(tokens, {.activation = ops::LinearActivation::kGelu}).chunk(2, -1);
  const at::Tensor gate = map_of_tokens(norm.forward(halves[1].contiguous()));
  const at::Tensor convolved = at::conv2d(gate, weight, bias, {1, 1}, {1, 1}, {1, 1}, weight.size(0));
  return fc2.forward(halves[0] * tokens_of_map(convolved));
}

}  // namespace fude::models
