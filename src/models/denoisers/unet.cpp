#include "models/denoisers/unet.h"

#include <utility>

#include "nn/timestep_embedding.h"
#include "ops/resize.h"

namespace fude::models {
namespace {

constexpr double kResNormEps = 1e-5;

int64_t embed_dim(const UNetConfig& config) { return 4 * config.model_channels; }
int64_t middle_channels(const UNetConfig& config) { return config.channel_mult.back() * config.model_channels; }

}  // namespace

ResBlock::ResBlock(const weights::WeightView& w, int64_t in, int64_t out, int64_t embed_dim)
    : norm1(w / "in_layers" / 0, in, kResNormEps),
      norm2(w / "out_layers" / 0, out, kResNormEps),
      conv1(w / "in_layers" / 2, in, out),
      conv2(w / "out_layers" / 3, out, out),
      embed(w / "emb_layers" / 1, embed_dim, out) {
  if (in != out) skip.emplace(w / "skip_connection", in, out, nn::kRoundedPointwise);
}

at::Tensor ResBlock::forward(const at::Tensor& x, const at::Tensor& embedding) const {
  const at::Tensor h = conv1.forward(norm1.forward_silu(x), {.shift = embed.forward(embedding)});
  return conv2.forward(norm2.forward_silu(h), {.residual = skip ? skip->forward(x) : x});
}

at::Tensor UNet::Stage::forward(at::Tensor x, const at::Tensor& embedding, const at::Tensor& context,
                                const nn::AttentionDoor& door) const {
  if (conv) return conv->forward(x);
  x = res->forward(x, embedding);
  if (transformer) x = transformer->forward(x, context, door);
  if (upsample) x = upsample->forward_enlarged(x);
  return x;
}

UNet::UNet(const weights::WeightView& w, const UNetConfig& config)
    : config_(config),
      time1_(w / "time_embed" / 0, config.model_channels, embed_dim(config)),
      time2_(w / "time_embed" / 2, embed_dim(config), embed_dim(config)),
      middle1_(w / "middle_block" / 0, middle_channels(config), middle_channels(config), embed_dim(config)),
      middle2_(w / "middle_block" / 2, middle_channels(config), middle_channels(config), embed_dim(config)),
      out_norm_(w / "out" / 0, config.channel_mult.front() * config.model_channels, kResNormEps),
      out_conv_(w / "out" / 2, config.channel_mult.front() * config.model_channels, config.out_channels) {
  middle_transformer_.emplace(w / "middle_block" / 1,
                              transformer_config(middle_channels(config), config.middle_transformer_depth));
  if (config.vector_dim > 0) {
    vector1_.emplace(w / "label_emb" / 0 / 0, config.vector_dim, embed_dim(config));
    vector2_.emplace(w / "label_emb" / 0 / 2, embed_dim(config), embed_dim(config));
  }
  std::vector<int64_t> skip_channels;
  build_input(w / "input_blocks", skip_channels);
  build_output(w / "output_blocks", std::move(skip_channels));
}

nn::SpatialTransformer::Config UNet::transformer_config(int64_t channels, int64_t depth) const {
  return {.channels = channels,
          .context_dim = config_.context_dim,
          .heads = config_.heads_at(channels),
          .depth = depth,
          .has_linear_projections = config_.has_linear_projections};
}

void UNet::build_input(const weights::WeightView& w, std::vector<int64_t>& skip_channels) {
  int64_t channels = config_.model_channels;
  int64_t index = 0;
  input_blocks_.emplace_back().conv.emplace(w / index++ / 0, config_.in_channels, channels);
  skip_channels.push_back(channels);
  for (std::size_t level = 0; level < config_.channel_mult.size(); ++level) {
    const int64_t width = config_.channel_mult[level] * config_.model_channels;
    for (int64_t block = 0; block < config_.res_blocks; ++block, ++index) {
      Stage& stage = input_blocks_.emplace_back();
      stage.res.emplace(w / index / 0, channels, width, embed_dim(config_));
      const int64_t depth = config_.transformer_depth[level];
      if (depth > 0) stage.transformer.emplace(w / index / 1, transformer_config(width, depth));
      channels = width;
      skip_channels.push_back(channels);
    }
    if (level + 1 < config_.channel_mult.size()) {
      input_blocks_.emplace_back().conv.emplace(w / index++ / 0 / "op", channels, channels, nn::ConvShape{.stride = 2});
      skip_channels.push_back(channels);
    }
  }
}

void UNet::build_output(const weights::WeightView& w, std::vector<int64_t> skip_channels) {
  int64_t channels = middle_channels(config_);
  int64_t index = 0;
  for (std::size_t level = config_.channel_mult.size(); level-- > 0;) {
    const int64_t width = config_.channel_mult[level] * config_.model_channels;
    for (int64_t block = 0; block <= config_.res_blocks; ++block, ++index) {
      Stage& stage = output_blocks_.emplace_back();
      stage.res.emplace(w / index / 0, channels + skip_channels.back(), width, embed_dim(config_));
      skip_channels.pop_back();
      const int64_t depth = config_.transformer_depth[level];
      if (depth > 0) stage.transformer.emplace(w / index / 1, transformer_config(width, depth));
      channels = width;
      if (level > 0 && block == config_.res_blocks) {
        stage.upsample.emplace(w / index / (depth > 0 ? 2 : 1) / "conv", channels, channels);
      }
    }
  }
}

at::Tensor UNet::embed(const at::Tensor& x, const at::Tensor& t, const at::Tensor& vector) const {
  const at::Tensor sinusoids = nn::timestep_embedding(t, config_.model_channels).to(x.scalar_type());
  at::Tensor embedding = time2_.forward(at::silu(time1_.forward(sinusoids)));
  if (vector1_) embedding = embedding + vector2_->forward(at::silu(vector1_->forward(vector)));
  // Every block applies SiLU to the embedding first; once here serves all.
  return at::silu(embedding);
}

namespace {

// Hooks make something of the context at each call that nothing here can compare.
nn::KeptContext* kept_context(const at::Tensor& context, const UNet::Tweaks& tweaks) {
  return tweaks.contexts && !tweaks.hooks.key_value_sources ? tweaks.contexts->find_or_add(context) : nullptr;
}

}  // namespace

at::Tensor UNet::forward(const at::Tensor& x, const at::Tensor& t, const at::Tensor& context,
                         const at::Tensor& vector) const {
  return forward(x, t, context, vector, Tweaks{});
}

at::Tensor UNet::forward(const at::Tensor& x, const at::Tensor& t, const at::Tensor& context, const at::Tensor& vector,
                         const Tweaks& tweaks) const {
  const nn::AttentionDoor door{.stand_in = tweaks.self_attention ? &tweaks.self_attention : nullptr,
                               .hooks = &tweaks.hooks,
                               .context = kept_context(context, tweaks),
                               .latent_height = x.size(2)};
  nn::AttentionDoor middle_door = door;
  middle_door.is_middle = true;
  const at::Tensor embedding = embed(x, t, vector);
  std::vector<at::Tensor> skips;
  at::Tensor h = x.contiguous(at::MemoryFormat::ChannelsLast);
  for (const Stage& stage : input_blocks_) {
    h = stage.forward(h, embedding, context, door);
    skips.push_back(h);
  }
  h = middle1_.forward(h, embedding);
  h = middle_transformer_->forward(h, context, middle_door);
  h = middle2_.forward(h, embedding);
  for (const Stage& stage : output_blocks_) {
    at::Tensor skip = skips.back();
    // A level of odd size does not halve evenly: what came up is brought to the size of what went down.
    if (h.size(2) != skip.size(2) || h.size(3) != skip.size(3)) {
      h = ops::resize_nearest(h, skip.size(2), skip.size(3));
    }
    if (tweaks.free_u) {
      const UpwardInputs changed = apply_free_u(*tweaks.free_u, {.h = h, .skip = skip}, config_.model_channels);
      h = changed.h;
      skip = changed.skip;
    }
    h = stage.forward(ops::concat_channels(h, skip), embedding, context, door);
    skips.pop_back();
  }
  return out_conv_.forward(out_norm_.forward_silu(h));
}

}  // namespace fude::models
