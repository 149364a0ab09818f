#include "models/upscalers/esrgan.h"

#include <string>

#include "core/error.h"
#include "models/upscalers/picture_edges.h"
#include "ops/elementwise.h"
#include "ops/resize.h"

namespace fude::models {
namespace {

constexpr double kSlope = 0.2;     // of the leaky ReLU below zero
constexpr double kResidual = 0.2;  // how much of a block's output counts
constexpr int64_t kDenseConvs = 5;

}  // namespace

EsrganConfig infer_esrgan_config(const weights::TensorIndex& index) {
  EsrganConfig config;
  config.width = weights::size_of(index, "conv_first.weight", 0);
  config.growth = weights::size_of(index, "body.0.rdb1.conv1.weight", 0);
  config.blocks = weights::count_numbered(index, "body.", ".rdb1.conv1.weight");
  config.doublings = 0;
  while (index.contains("conv_up" + std::to_string(config.doublings + 1) + ".weight")) ++config.doublings;
  const int64_t in = weights::size_of(index, "conv_first.weight", 1);
  config.unshuffle = in == 48 ? 4 : in == 12 ? 2 : 1;
  const int64_t out = weights::size_of(index, "conv_last.weight", 0);
  if (in != 3 * config.unshuffle * config.unshuffle || out != 3) {
    fail(ErrorCode::kUnsupportedModel, "the ESRGAN has {} channels in and {} out, expected 3, 12 or 48, and 3", in,
         out);
  }
  if (config.doublings > 3 || (int64_t{1} << config.doublings) < config.unshuffle) {
    fail(ErrorCode::kUnsupportedModel, "the ESRGAN doubles {} times what has {} channels, expected 0 to 3 times",
         config.doublings, in);
  }
  return config;
}

Esrgan::DenseBlock::DenseBlock(const weights::WeightView& w, const EsrganConfig& config) {
  for (int64_t i = 0; i < kDenseConvs; ++i) {
    const int64_t out = i + 1 == kDenseConvs ? config.width : config.growth;
    convs.emplace_back(w / ("conv" + std::to_string(i + 1)), config.width + i * config.growth, out);
  }
}

at::Tensor Esrgan::DenseBlock::forward(const at::Tensor& x) const {
  at::Tensor seen = x;
  for (std::size_t i = 0; i + 1 < convs.size(); ++i)
    seen = ops::concat_channels(seen, ops::leaky_relu(convs[i].forward(seen), kSlope));
  return ops::add_scaled(x, convs.back().forward(seen), kResidual);
}

at::Tensor Esrgan::Block::forward(const at::Tensor& x) const {
  at::Tensor h = x;
  for (const DenseBlock& block : dense) h = block.forward(h);
  return ops::add_scaled(x, h, kResidual);
}

Esrgan::Esrgan(const weights::WeightView& w, const EsrganConfig& config)
    : config_(config),
      first_(w / "conv_first", 3 * config.unshuffle * config.unshuffle, config.width),
      body_end_(w / "conv_body", config.width, config.width),
      high_(w / "conv_hr", config.width, config.width),
      last_(w / "conv_last", config.width, 3) {
  for (int64_t i = 0; i < config.blocks; ++i) {
    Block& block = body_.emplace_back();
    for (const char* name : {"rdb1", "rdb2", "rdb3"}) block.dense.emplace_back(w / "body" / i / name, config);
  }
  for (int64_t i = 0; i < config.doublings; ++i)
    doublings_.emplace_back(w / ("conv_up" + std::to_string(i + 1)), config.width, config.width);
}

at::Tensor Esrgan::enlarge(const at::Tensor& picture) const {
  const at::InferenceMode no_gradient;
  at::Tensor x = with_sides_of_multiple(picture, config_.unshuffle);
  if (config_.unshuffle > 1) x = at::pixel_unshuffle(x, config_.unshuffle);
  const at::Tensor begin = first_.forward(x.to(first_.options()).contiguous(at::MemoryFormat::ChannelsLast));
  at::Tensor h = begin;
  for (const Block& block : body_) h = block.forward(h);
  h = body_end_.forward(h, {.residual = begin});
  for (const nn::Conv2d& doubling : doublings_) h = ops::leaky_relu(doubling.forward_enlarged(h), kSlope);
  h = last_.forward(ops::leaky_relu(high_.forward(h), kSlope));
  return enlarged_part(h.to(at::kFloat), picture, scale());
}

int64_t Esrgan::bytes_a_pixel() const {
  const int64_t number_bytes = static_cast<int64_t>(first_.options().dtype().itemsize());
  const int64_t side = int64_t{1} << config_.doublings;
  const int64_t trunk = 2 * (config_.width + kDenseConvs * config_.growth) + 4 * config_.width;
  const int64_t numbers = trunk + 3 * side * side * config_.width;
  return number_bytes * numbers / (config_.unshuffle * config_.unshuffle);
}

}  // namespace fude::models
