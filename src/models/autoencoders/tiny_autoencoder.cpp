#include "models/autoencoders/tiny_autoencoder.h"

#include <array>

#include "core/error.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

constexpr int64_t kImageChannels = 3;
constexpr int64_t kBlocks = 3;            // at every size but the image's, where there is one
constexpr int64_t kLayersOfDecoder = 18;  // from the first convolution to the last

struct Layout {
  std::string_view encoder, decoder;
  int64_t first_layer;
};

constexpr std::array<Layout, 3> kLayouts{{
    {"taesd_encoder.", "taesd_decoder.", 1},
    {"encoder.layers.", "decoder.layers.", 0},
    {"encoder.", "decoder.", 1},
}};
constexpr Layout kDecoderAlone{"", "", 1};

std::string last_weight(const Layout& layout) {
  return std::string(layout.decoder) + std::to_string(layout.first_layer + kLayersOfDecoder) + ".weight";
}

std::optional<Layout> layout_of(const weights::TensorIndex& index) {
  for (const Layout& layout : kLayouts) {
    if (index.contains(last_weight(layout))) return layout;
  }
  if (index.contains(last_weight(kDecoderAlone)) && index.contains("3.conv.0.weight")) return kDecoderAlone;
  return std::nullopt;
}

// "decoder.layers." below the root.
weights::WeightView place(const weights::WeightView& root, const std::string& prefix) {
  return prefix.empty() ? root : root / prefix.substr(0, prefix.size() - 1);
}

}  // namespace

bool is_tiny_autoencoder(const weights::TensorIndex& index) { return layout_of(index).has_value(); }

TinyAutoencoderConfig infer_tiny_autoencoder_config(const weights::TensorIndex& index) {
  const std::optional<Layout> layout = layout_of(index);
  if (!layout) fail(ErrorCode::kUnsupportedModel, "tensor '{}' is missing", last_weight(kLayouts.front()));
  TinyAutoencoderConfig config;
  config.decoder_prefix = layout->decoder;
  config.first_layer = layout->first_layer;
  const std::string first = config.decoder_prefix + std::to_string(layout->first_layer) + ".weight";
  config.width = weights::size_of(index, first, 0);
  config.latent_channels = weights::size_of(index, first, 1);
  if (layout->encoder != layout->decoder && weights::has_prefix(index, layout->encoder)) {
    config.encoder_prefix = std::string(layout->encoder);
  }
  return config;
}

at::Tensor TinyAutoencoder::Block::forward(const at::Tensor& x) const {
  const at::Tensor h = convs[1].forward(convs[0].forward(x, {.is_rectified = true}), {.is_rectified = true});
  return convs[2].forward(h, {.residual = x, .is_rectified = true});
}

TinyAutoencoder::TinyAutoencoder(const weights::WeightView& w, const TinyAutoencoderConfig& config) : config_(config) {
  if (config.encoder_prefix) build_encoder(w);
  build_decoder(w);
}

TinyAutoencoder::Stage TinyAutoencoder::make_stage(const weights::WeightView& w, int64_t first, int64_t block_count,
                                                   nn::Conv2d conv) const {
  Stage stage{.conv = std::move(conv), .blocks = {}};
  for (int64_t i = 0; i < block_count; ++i) {
    Block& block = stage.blocks.emplace_back();
    for (const char* layer : {"0", "2", "4"}) {  // between them lie activations
      block.convs.emplace_back(w / (first + i) / "conv" / layer, config_.width, config_.width);
    }
  }
  return stage;
}

void TinyAutoencoder::build_encoder(const weights::WeightView& root) {
  const weights::WeightView w = place(root, *config_.encoder_prefix);
  const int64_t width = config_.width;
  encoder_.push_back(make_stage(w, 1, 1, nn::Conv2d(w / int64_t{0}, kImageChannels, width)));
  for (int64_t layer = 2; layer <= 10; layer += 1 + kBlocks) {
    encoder_.push_back(
        make_stage(w, layer + 1, kBlocks, nn::Conv2d(w / layer, width, width, {.stride = 2}, /*has_bias=*/false)));
  }
  encoder_out_.emplace(w / int64_t{14}, width, config_.latent_channels);
}

void TinyAutoencoder::build_decoder(const weights::WeightView& root) {
  const weights::WeightView w = place(root, config_.decoder_prefix);
  const int64_t width = config_.width, first = config_.first_layer;
  // Those that change the size have no bias. An activation follows the first convolution and an enlargement each run of
  // blocks; both have a number.
  decoder_.push_back(make_stage(w, first + 2, kBlocks, nn::Conv2d(w / first, config_.latent_channels, width)));
  for (int64_t layer = first + 6; layer <= first + 16; layer += 2 + kBlocks) {
    const int64_t block_count = layer == first + 16 ? 1 : kBlocks;
    decoder_.push_back(
        make_stage(w, layer + 1, block_count, nn::Conv2d(w / layer, width, width, {}, /*has_bias=*/false)));
  }
  decoder_out_.emplace(w / (first + kLayersOfDecoder), width, kImageChannels);
}

at::Tensor TinyAutoencoder::decode(const at::Tensor& latent) const {
  // The clamp that the release begins with: latents far out keep their order, but end at 3.
  at::Tensor h = at::tanh(latent / 3) * 3;
  h = h.contiguous(at::MemoryFormat::ChannelsLast);
  for (std::size_t i = 0; i < decoder_.size(); ++i) {
    h = i == 0 ? decoder_[i].conv.forward(h, {.is_rectified = true}) : decoder_[i].conv.forward_enlarged(h);
    for (const Block& block : decoder_[i].blocks) h = block.forward(h);
  }
  return decoder_out_->forward(h) * 2 - 1;  // the network's images are in [0,1]
}

at::Tensor TinyAutoencoder::encode(const at::Tensor& image) const {
  if (!encoder_out_) {
    fail(ErrorCode::kUnsupportedModel, "the tiny autoencoder's file has a decoder only, expected an encoder, too");
  }
  at::Tensor h = ((image + 1) / 2).contiguous(at::MemoryFormat::ChannelsLast);
  for (const Stage& stage : encoder_) {
    h = stage.conv.forward(h);
    for (const Block& block : stage.blocks) h = block.forward(h);
  }
  return encoder_out_->forward(h);
}

TinyAutoencoder load_tiny_autoencoder(const io::TensorFile& file, at::ScalarType type, at::Device device) {
  const TinyAutoencoderConfig config = infer_tiny_autoencoder_config(weights::index_of(file));
  weights::StateDict weights(file, type, device);
  return {weights.root(), config};
}

}  // namespace fude::models
