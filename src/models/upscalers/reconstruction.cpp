#include "models/upscalers/reconstruction.h"

#include <string>

#include "core/error.h"
#include "ops/elementwise.h"

namespace fude::models {
namespace {

using Kind = ReconstructionConfig::Kind;

constexpr double kSlopeBefore = 0.01;  // of the leaky ReLU where nothing else was said
constexpr double kSlope = 0.2;
constexpr int64_t kMostStages = 3;

[[noreturn]] void refuse_channels(const char* name, int64_t channels) {
  fail(ErrorCode::kUnsupportedModel, "the upscaler's '{}' has {} channels, which make no whole number of pixels", name,
       channels);
}

int64_t root_of(int64_t square) {
  int64_t root = 1;
  while (root < 8 && root * root < square) ++root;
  return root * root == square ? root : 0;
}

ReconstructionConfig shuffle_at_once(const weights::TensorIndex& index) {
  const int64_t out = weights::size_of(index, "upsample.0.weight", 0);
  const int64_t scale = out % 3 == 0 ? root_of(out / 3) : 0;
  if (scale == 0) refuse_channels("upsample.0", out);
  return {.kind = Kind::kShuffleAtOnce, .features = 0, .scale = scale, .stages = 1};
}

// Stages have even numbers: the shuffles between them are counted.
ReconstructionConfig shuffle(const weights::TensorIndex& index, int64_t features) {
  int64_t stages = 0;
  while (index.contains("upsample." + std::to_string(2 * stages) + ".weight")) ++stages;
  const int64_t out = weights::size_of(index, "upsample.0.weight", 0);
  const int64_t side = features > 0 && out % features == 0 ? root_of(out / features) : 0;
  if (side < 2 || stages > kMostStages || (side != 2 && stages != 1)) refuse_channels("upsample.0", out);
  int64_t scale = 1;
  for (int64_t i = 0; i < stages; ++i) scale *= side;
  return {.kind = Kind::kShuffle, .features = features, .scale = scale, .stages = stages};
}

}  // namespace

ReconstructionConfig infer_reconstruction_config(const weights::TensorIndex& index) {
  const bool has_features = index.contains("conv_before_upsample.0.weight");
  const bool shuffles = index.contains("upsample.0.weight");
  if (!has_features && shuffles) return shuffle_at_once(index);
  const int64_t out = weights::size_of(index, "conv_last.weight", 0);
  if (out != 3) fail(ErrorCode::kUnsupportedModel, "the upscaler has {} channels out, expected 3", out);
  if (!has_features) return {.kind = Kind::kClean, .features = 0, .scale = 1, .stages = 0};
  const int64_t features = weights::size_of(index, "conv_before_upsample.0.weight", 0);
  if (shuffles) return shuffle(index, features);
  const int64_t stages = index.contains("conv_up2.weight") ? 2 : 1;
  return {.kind = Kind::kNearest, .features = features, .scale = int64_t{1} << stages, .stages = stages};
}

Reconstruction::Reconstruction(const weights::WeightView& w, int64_t channels, const ReconstructionConfig& config)
    : config_(config) {
  const int64_t features = config.features;
  if (config.kind == Kind::kClean) {
    last_.emplace_back(w / "conv_last", channels, 3);
    return;
  }
  if (config.kind == Kind::kShuffleAtOnce) {
    stages_.emplace_back(w / "upsample" / "0", channels, 3 * config.scale * config.scale);
    return;
  }
  before_.emplace_back(w / "conv_before_upsample" / "0", channels, features);
  const int64_t side = config.stages == 1 ? config.scale : 2;
  for (int64_t i = 0; i < config.stages; ++i) {
    if (config.kind == Kind::kShuffle)
      stages_.emplace_back(w / "upsample" / (2 * i), features, side * side * features);
    else
      stages_.emplace_back(w / ("conv_up" + std::to_string(i + 1)), features, features);
  }
  if (config.kind == Kind::kNearest) last_.emplace_back(w / "conv_hr", features, features);
  last_.emplace_back(w / "conv_last", features, 3);
}

at::Tensor Reconstruction::forward(const at::Tensor& features) const {
  at::Tensor h = features;
  for (const nn::Conv2d& conv : before_) h = ops::leaky_relu(conv.forward(h), kSlopeBefore);
  const int64_t side = config_.stages == 1 ? config_.scale : 2;
  for (const nn::Conv2d& stage : stages_) {
    if (config_.kind == Kind::kNearest) {
      h = ops::leaky_relu(stage.forward_enlarged(h), kSlope);
    } else {
      h = at::pixel_shuffle(stage.forward(h), side);
    }
  }
  for (std::size_t i = 0; i < last_.size(); ++i) {
    h = last_[i].forward(h.contiguous(at::MemoryFormat::ChannelsLast));
    if (i + 1 < last_.size()) h = ops::leaky_relu(h, kSlope);
  }
  return h.to(at::kFloat);
}

GroupConv::GroupConv(const weights::WeightView& w, int64_t channels, bool is_triple) {
  if (!is_triple) {
    convs_.emplace_back(w, channels, channels);
    return;
  }
  convs_.emplace_back(w / "0", channels, channels / 4);
  convs_.emplace_back(w / "2", channels / 4, channels / 4, nn::kPointwise);
  convs_.emplace_back(w / "4", channels / 4, channels);
}

at::Tensor GroupConv::forward(const at::Tensor& x) const {
  at::Tensor h = x;
  for (std::size_t i = 0; i < convs_.size(); ++i) {
    if (i > 0) h = ops::leaky_relu(h, kSlope);
    h = convs_[i].forward(h);
  }
  return h;
}

}  // namespace fude::models
