#include "models/face_restoration/parse_net.h"

#include <string>

#include "core/error.h"
#include "nn/normed_conv.h"
#include "ops/elementwise.h"
#include "ops/resize.h"

namespace fude::models {
namespace {

constexpr double kSlope = 0.2;
constexpr nn::ConvShape kUnpadded{.kernel = 3, .stride = 1, .padding = 0};

nn::ConvShape unpadded(int64_t stride) {
  nn::ConvShape shape = kUnpadded;
  shape.stride = stride;
  return shape;
}

std::vector<int64_t> widths_of(const weights::TensorIndex& index, const std::string& place, int64_t first) {
  std::vector<int64_t> widths;
  for (int64_t i = first;; ++i) {
    const auto found = index.find(place + std::to_string(i) + ".conv1.conv2d.weight");
    if (found == index.end()) return widths;
    widths.push_back(weights::size_of(index, found->first, 0));
  }
}

int64_t last_width(const ParseNetConfig& config) {
  return config.decoder.empty() ? config.stem : config.decoder.back();
}

}  // namespace

ParseNetConfig infer_parse_net_config(const weights::TensorIndex& index) {
  ParseNetConfig config{.stem = weights::size_of(index, "encoder.0.conv2d.weight", 0),
                        .encoder = widths_of(index, "encoder.", 1),
                        .body = weights::count_numbered(index, "body.", ".conv1.conv2d.weight"),
                        .decoder = widths_of(index, "decoder.", 0),
                        .classes = weights::size_of(index, "out_mask_conv.conv2d.weight", 0)};
  if (config.encoder.size() != config.decoder.size() || config.encoder.size() > 8) {
    fail(ErrorCode::kUnsupportedModel, "the ParseNet halves {} times and doubles {} times, expected the same number",
         config.encoder.size(), config.decoder.size());
  }
  return config;
}

ParseNet::Layer ParseNet::plain(const weights::WeightView& w, int64_t in, int64_t out, int64_t stride) {
  return {.conv = nn::Conv2d(w / "conv2d", in, out, unpadded(stride))};
}

ParseNet::Layer ParseNet::normed(const weights::WeightView& w, int64_t in, int64_t out, int64_t stride) {
  return {.conv = nn::normed_conv(w / "conv2d", w / "norm" / "norm", in, out, unpadded(stride))};
}

ParseNet::Block ParseNet::block(const weights::WeightView& w, int64_t in, int64_t out, int64_t stride, bool doubles) {
  Block made{.conv1 = normed(w / "conv1", in, out),
             .conv2 = normed(w / "conv2", out, out, stride),
             .shortcut = std::nullopt,
             .doubles = doubles};
  if (doubles || stride > 1 || in != out) made.shortcut.emplace(plain(w / "shortcut_func", in, out, stride));
  return made;
}

at::Tensor ParseNet::Layer::forward(const at::Tensor& x) const {
  const at::Tensor framed = at::reflection_pad2d(x, {1, 1, 1, 1});
  return conv.forward(framed.contiguous(at::MemoryFormat::ChannelsLast));
}

at::Tensor ParseNet::Block::forward(const at::Tensor& x) const {
  const at::Tensor from = doubles ? ops::upsample_nearest_2x(x) : x;
  const at::Tensor h = conv2.forward(ops::leaky_relu(conv1.forward(from), kSlope));
  return (shortcut ? shortcut->forward(from) : x) + h;
}

ParseNet::ParseNet(const weights::WeightView& w, const ParseNetConfig& config)
    : config_(config),
      stem_(plain(w / "encoder" / "0", 3, config.stem)),
      classes_(plain(w / "out_mask_conv", last_width(config), config.classes)) {
  int64_t channels = config.stem;
  for (std::size_t i = 0; i < config.encoder.size(); ++i) {
    encoder_.push_back(block(w / "encoder" / (static_cast<int64_t>(i) + 1), channels, config.encoder[i], 2, false));
    channels = config.encoder[i];
  }
  for (int64_t i = 0; i < config.body; ++i) body_.push_back(block(w / "body" / i, channels, channels, 1, false));
  for (std::size_t i = 0; i < config.decoder.size(); ++i) {
    decoder_.push_back(block(w / "decoder" / static_cast<int64_t>(i), channels, config.decoder[i], 1, true));
    channels = config.decoder[i];
  }
}

at::Tensor ParseNet::parse(const at::Tensor& face) const {
  const at::InferenceMode no_gradient;
  at::Tensor h = stem_.forward(face.to(stem_.conv.options()));
  for (const Block& block : encoder_) h = block.forward(h);
  const at::Tensor begin = h;
  for (const Block& block : body_) h = block.forward(h);
  h = begin + h;
  for (const Block& block : decoder_) h = block.forward(h);
  return classes_.forward(h).argmax(1).squeeze(0).to(at::kCPU);
}

}  // namespace fude::models
