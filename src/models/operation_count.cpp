#include "models/operation_count.h"

#include <vector>

namespace fude::models {
namespace {

/// Counts layers at one batch; built like the networks themselves.
class Counter {
 public:
  explicit Counter(int64_t batch) : batch_(static_cast<double>(batch)) {}

  void linear(double rows, int64_t in, int64_t out) {
    sum_ += 2 * batch_ * rows * static_cast<double>(in) * static_cast<double>(out);
  }

  void conv(double pixels, int64_t in, int64_t out, int64_t kernel = 3) { linear(pixels, in * kernel * kernel, out); }

  /// Queries times keys, and weights times values.
  void attention(double queries, double keys, int64_t width) {
    sum_ += 4 * batch_ * queries * keys * static_cast<double>(width);
  }

  double sum() const { return sum_; }

 private:
  double batch_;
  double sum_ = 0;
};

/// A feature map on its way through a network.
struct Map {
  int64_t height, width;

  double pixels() const { return static_cast<double>(height) * static_cast<double>(width); }
  Map halved() const { return {(height + 1) / 2, (width + 1) / 2}; }
};

class UNetCounter {
 public:
  UNetCounter(const UNetConfig& config, const LatentShape& latent, int64_t context_tokens)
      : config_(config), context_tokens_(static_cast<double>(context_tokens)), counter_(latent.batch) {
    count_embeddings();
    count_input({latent.height, latent.width});
    res_block(maps_.back(), channels_, channels_);
    transformer(maps_.back(), channels_, config_.middle_transformer_depth);
    res_block(maps_.back(), channels_, channels_);
    count_output();
  }

  double sum() const { return counter_.sum(); }

 private:
  int64_t embed_dim() const { return 4 * config_.model_channels; }
  int64_t width_of(std::size_t level) const { return config_.channel_mult[level] * config_.model_channels; }

  void count_embeddings() {
    counter_.linear(1, config_.model_channels, embed_dim());
    counter_.linear(1, embed_dim(), embed_dim());
    if (config_.vector_dim == 0) return;
    counter_.linear(1, config_.vector_dim, embed_dim());
    counter_.linear(1, embed_dim(), embed_dim());
  }

  void res_block(const Map& map, int64_t in, int64_t out) {
    counter_.conv(map.pixels(), in, out);
    counter_.conv(map.pixels(), out, out);
    counter_.linear(1, embed_dim(), out);
    if (in != out) counter_.conv(map.pixels(), in, out, 1);
  }

  void attention(const Map& map, int64_t width, double keys, int64_t context_width) {
    counter_.linear(map.pixels(), width, width);      // queries
    counter_.linear(keys, context_width, 2 * width);  // keys and values
    counter_.attention(map.pixels(), keys, width);
    counter_.linear(map.pixels(), width, width);  // out
  }

  void transformer(const Map& map, int64_t width, int64_t depth) {
    if (depth == 0) return;
    counter_.linear(map.pixels(), width, 2 * width);  // into the blocks and out of them
    for (int64_t block = 0; block < depth; ++block) {
      attention(map, width, map.pixels(), width);
      attention(map, width, context_tokens_, config_.context_dim);
      counter_.linear(map.pixels(), width, 8 * width);  // gated, four times as wide inside
      counter_.linear(map.pixels(), 4 * width, width);
    }
  }

  void count_input(Map map) {
    channels_ = config_.model_channels;
    counter_.conv(map.pixels(), config_.in_channels, channels_);
    skips_.push_back(channels_);
    for (std::size_t level = 0; level < config_.channel_mult.size(); ++level) {
      maps_.push_back(map);
      for (int64_t block = 0; block < config_.res_blocks; ++block) {
        res_block(map, channels_, width_of(level));
        channels_ = width_of(level);
        transformer(map, channels_, config_.transformer_depth[level]);
        skips_.push_back(channels_);
      }
      if (level + 1 == config_.channel_mult.size()) continue;
      map = map.halved();
      counter_.conv(map.pixels(), channels_, channels_);
      skips_.push_back(channels_);
    }
  }

  void count_output() {
    for (std::size_t level = config_.channel_mult.size(); level-- > 0;) {
      for (int64_t block = 0; block <= config_.res_blocks; ++block) {
        res_block(maps_[level], channels_ + skips_.back(), width_of(level));
        skips_.pop_back();
        channels_ = width_of(level);
        transformer(maps_[level], channels_, config_.transformer_depth[level]);
      }
      // At twice the size, before an odd row or column is taken off.
      if (level > 0) counter_.conv(4 * maps_[level].pixels(), channels_, channels_);
    }
    counter_.conv(maps_.front().pixels(), channels_, config_.out_channels);
  }

  const UNetConfig& config_;
  double context_tokens_;
  Counter counter_;
  int64_t channels_ = 0;
  std::vector<Map> maps_;  // of the levels
  std::vector<int64_t> skips_;
};

}  // namespace

double unet_operations(const UNetConfig& config, const LatentShape& latent, int64_t context_tokens) {
  return UNetCounter(config, latent, context_tokens).sum();
}

double decoder_operations(const AutoencoderKLConfig& config, const LatentShape& latent) {
  Counter counter(latent.batch);
  double pixels = Map{latent.height, latent.width}.pixels();
  const auto width_of = [&](std::size_t level) { return config.channel_mult[level] * config.channels; };
  const auto res_block = [&](int64_t in, int64_t out) {
    counter.conv(pixels, in, out);
    counter.conv(pixels, out, out);
    if (in != out) counter.conv(pixels, in, out, 1);
  };
  int64_t channels = width_of(config.channel_mult.size() - 1);
  counter.conv(pixels, config.embed_dim, config.z_channels, 1);
  counter.conv(pixels, config.z_channels, channels);
  res_block(channels, channels);
  counter.conv(pixels, channels, 4 * channels, 1);  // queries, keys, values, out
  counter.attention(pixels, pixels, channels);
  res_block(channels, channels);
  for (std::size_t level = config.channel_mult.size(); level-- > 0;) {
    for (int64_t block = 0; block <= config.res_blocks; ++block) {
      res_block(channels, width_of(level));
      channels = width_of(level);
    }
    if (level == 0) continue;
    pixels *= 4;
    counter.conv(pixels, channels, channels);
  }
  constexpr int64_t kImageChannels = 3;
  counter.conv(pixels, channels, kImageChannels);
  return counter.sum();
}

}  // namespace fude::models
