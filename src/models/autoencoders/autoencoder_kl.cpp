#include "models/autoencoders/autoencoder_kl.h"

#include <string>

#include "core/error.h"
#include "ops/attention.h"
#include "ops/resize.h"

namespace fude::models {
namespace {

constexpr double kNormEps = 1e-6;
constexpr int64_t kImageChannels = 3;

int64_t width_at(const AutoencoderKLConfig& config, std::size_t level) {
  return config.channels * config.channel_mult[level];
}

// [B,C,H,W] -> [B,H*W,C]
at::Tensor to_tokens(const at::Tensor& x) { return x.flatten(2).transpose(1, 2); }

}  // namespace

AutoencoderKLConfig infer_autoencoder_kl_config(const weights::TensorIndex& index) {
  AutoencoderKLConfig config;
  config.channels = weights::size_of(index, "encoder.conv_in.weight", 0);
  if (config.channels <= 0 || config.channels % 32 != 0) {
    fail(ErrorCode::kUnsupportedModel, "autoencoder has {} channels, expected a multiple of 32", config.channels);
  }
  config.channel_mult.clear();
  const int64_t levels = weights::count_numbered(index, "encoder.down.", ".block.0.conv1.weight");
  for (int64_t level = 0; level < levels; ++level) {
    const std::string block = "encoder.down." + std::to_string(level) + ".block.";
    config.channel_mult.push_back(weights::size_of(index, block + "0.conv1.weight", 0) / config.channels);
    config.res_blocks = weights::count_numbered(index, block, ".conv1.weight");
  }
  if (levels == 0) fail(ErrorCode::kUnsupportedModel, "autoencoder has no levels, expected 'encoder.down.0.block.0'");
  config.z_channels = weights::size_of(index, "decoder.conv_in.weight", 1);
  config.embed_dim = weights::size_of(index, "post_quant_conv.weight", 1);
  return config;
}

AutoencoderResBlock::AutoencoderResBlock(const weights::WeightView& w, int64_t in, int64_t out)
    : norm1(w / "norm1", in, kNormEps),
      norm2(w / "norm2", out, kNormEps),
      conv1(w / "conv1", in, out),
      conv2(w / "conv2", out, out) {
  if (in != out) shortcut.emplace(w / "nin_shortcut", in, out, nn::kPointwise);
}

at::Tensor AutoencoderResBlock::forward(const at::Tensor& x) const {
  const at::Tensor h = conv1.forward(norm1.forward_silu(x));
  return conv2.forward(norm2.forward_silu(h), {.residual = shortcut ? shortcut->forward(x) : x});
}

AutoencoderAttention::AutoencoderAttention(const weights::WeightView& w, int64_t channels)
    : norm(w / "norm", channels, kNormEps),
      q(w / "q", channels, channels, nn::kPointwise),
      k(w / "k", channels, channels, nn::kPointwise),
      v(w / "v", channels, channels, nn::kPointwise),
      proj_out(w / "proj_out", channels, channels, nn::kPointwise) {}

at::Tensor AutoencoderAttention::forward(const at::Tensor& x) const {
  const at::Tensor h = norm.forward(x);
  const at::Tensor out = ops::attention(to_tokens(q.forward(h)), to_tokens(k.forward(h)), to_tokens(v.forward(h)), {});
  return proj_out.forward(out.transpose(1, 2).reshape(x.sizes()), {.residual = x});
}

AutoencoderMiddle::AutoencoderMiddle(const weights::WeightView& w, int64_t channels)
    : block1(w / "block_1", channels, channels),
      attention(w / "attn_1", channels),
      block2(w / "block_2", channels, channels) {}

at::Tensor AutoencoderMiddle::forward(const at::Tensor& x) const {
  return block2.forward(attention.forward(block1.forward(x)));
}

Encoder::Encoder(const weights::WeightView& w, const AutoencoderKLConfig& config)
    : conv_in(w / "conv_in", kImageChannels, config.channels),
      middle(w / "mid", width_at(config, config.channel_mult.size() - 1)),
      norm_out(w / "norm_out", width_at(config, config.channel_mult.size() - 1), kNormEps),
      conv_out(w / "conv_out", width_at(config, config.channel_mult.size() - 1), 2 * config.z_channels) {
  int64_t channels = config.channels;
  for (std::size_t level = 0; level < config.channel_mult.size(); ++level) {
    const weights::WeightView here = w / "down" / static_cast<int64_t>(level);
    AutoencoderLevel& built = levels.emplace_back();
    for (int64_t block = 0; block < config.res_blocks; ++block) {
      built.blocks.emplace_back(here / "block" / block, channels, width_at(config, level));
      channels = width_at(config, level);
    }
    if (level + 1 < config.channel_mult.size()) {
      built.resample.emplace(here / "downsample" / "conv", channels, channels,
                             nn::ConvShape{.kernel = 3, .stride = 2, .padding = 0});
    }
  }
}

at::Tensor Encoder::forward(const at::Tensor& image) const {
  at::Tensor h = conv_in.forward(image.contiguous(at::MemoryFormat::ChannelsLast));
  for (const AutoencoderLevel& level : levels) {
    for (const AutoencoderResBlock& block : level.blocks) h = block.forward(h);
    // One row and column of zeros after the last ones only: the published models were trained so.
    if (level.resample) h = level.resample->forward(ops::pad_end(h, 1, 1));
  }
  return finish(h);
}

at::Tensor Encoder::finish(const at::Tensor& h) const {
  return conv_out.forward(norm_out.forward_silu(middle.forward(h)));
}

Decoder::Decoder(const weights::WeightView& w, const AutoencoderKLConfig& config)
    : conv_in(w / "conv_in", config.z_channels, width_at(config, config.channel_mult.size() - 1)),
      middle(w / "mid", width_at(config, config.channel_mult.size() - 1)),
      norm_out(w / "norm_out", width_at(config, 0), kNormEps),
      conv_out(w / "conv_out", width_at(config, 0), kImageChannels) {
  int64_t channels = width_at(config, config.channel_mult.size() - 1);
  levels.resize(config.channel_mult.size());
  for (std::size_t level = config.channel_mult.size(); level-- > 0;) {
    const weights::WeightView here = w / "up" / static_cast<int64_t>(level);
    for (int64_t block = 0; block <= config.res_blocks; ++block) {
      levels[level].blocks.emplace_back(here / "block" / block, channels, width_at(config, level));
      channels = width_at(config, level);
    }
    if (level > 0) levels[level].resample.emplace(here / "upsample" / "conv", channels, channels);
  }
}

at::Tensor Decoder::forward(const at::Tensor& z) const {
  at::Tensor h = begin(z);
  for (std::size_t level = levels.size(); level-- > 0;) {
    for (const AutoencoderResBlock& block : levels[level].blocks) h = block.forward(h);
    if (levels[level].resample) h = levels[level].resample->forward_enlarged(h);
  }
  return conv_out.forward(norm_out.forward_silu(h));
}

at::Tensor Decoder::begin(const at::Tensor& z) const {
  return middle.forward(conv_in.forward(z.contiguous(at::MemoryFormat::ChannelsLast)));
}

AutoencoderKL::AutoencoderKL(const weights::WeightView& w, const AutoencoderKLConfig& config)
    : config_(config),
      encoder_(w / "encoder", config),
      decoder_(w / "decoder", config),
      quant_conv_(w / "quant_conv", 2 * config.z_channels, 2 * config.embed_dim, nn::kPointwise),
      post_quant_conv_(w / "post_quant_conv", config.embed_dim, config.z_channels, nn::kPointwise) {}

at::Tensor AutoencoderKL::encode_moments(const at::Tensor& image) const {
  return quant_conv_.forward(encoder_.forward(image));
}

at::Tensor AutoencoderKL::encode(const at::Tensor& image) const { return scaled_mean(encode_moments(image)); }

at::Tensor AutoencoderKL::decode(const at::Tensor& latent) const { return decoder_.forward(unscaled(latent)); }

at::Tensor AutoencoderKL::finish_encode(const at::Tensor& h) const {
  return scaled_mean(quant_conv_.forward(encoder_.finish(h)));
}

at::Tensor AutoencoderKL::begin_decode(const at::Tensor& latent) const { return decoder_.begin(unscaled(latent)); }

at::Tensor AutoencoderKL::scaled_mean(const at::Tensor& moments) const {
  return moments.narrow(1, 0, config_.embed_dim) * config_.scale_factor;
}

at::Tensor AutoencoderKL::unscaled(const at::Tensor& latent) const {
  return post_quant_conv_.forward(latent / config_.scale_factor);
}

}  // namespace fude::models
