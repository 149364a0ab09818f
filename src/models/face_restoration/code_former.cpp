#include "models/face_restoration/code_former.h"

#include <cmath>
#include <string>
#include <utility>

#include "core/error.h"
#include "ops/attention.h"
#include "ops/elementwise.h"
#include "ops/linear.h"

namespace fude::models {
namespace {

constexpr int64_t kHeads = 8;  // which no shape tells
constexpr double kSlope = 0.2;
constexpr double kSpreadEps = 1e-5;
constexpr int64_t kLargestSide = 1024;

const std::string kEncoder = "encoder.blocks.", kGenerator = "generator.blocks.", kFusions = "fuse_convs_dict.";

struct Statistics {
  at::Tensor mean, spread;  // [1,C,1,1]
};

Statistics statistics_of(const at::Tensor& x) {
  const at::Tensor mean = x.mean({2, 3}, /*keepdim=*/true);
  const auto others = static_cast<double>(x.size(2) * x.size(3) - 1);
  const at::Tensor variance = (x - mean).square().sum({2, 3}, /*keepdim=*/true) / others;
  return {.mean = mean, .spread = at::sqrt(variance + kSpreadEps)};
}

}  // namespace

CodeFormerConfig infer_code_former_config(const weights::TensorIndex& index) {
  CodeFormerConfig config{.width = weights::size_of(index, "feat_emb.weight", 0),
                          .hidden = weights::size_of(index, "ft_layers.0.linear1.weight", 0),
                          .layers = weights::count_numbered(index, "ft_layers.", ".self_attn.in_proj_weight"),
                          .codes = weights::size_of(index, "quantize.embedding.weight", 0),
                          .code_width = weights::size_of(index, "quantize.embedding.weight", 1),
                          .side = 0};
  const int64_t places = weights::size_of(index, "position_emb", 0);
  config.side = std::llround(std::sqrt(static_cast<double>(places)));
  if (config.side * config.side != places || places < 2) {
    fail(ErrorCode::kUnsupportedModel, "the CodeFormer has {} places for codes, expected a square number above 1",
         places);
  }
  if (config.width % kHeads != 0) {
    fail(ErrorCode::kUnsupportedModel, "the CodeFormer's transformer has a width of {}, expected a multiple of {}",
         config.width, kHeads);
  }
  return config;
}

CodeFormer::Layer::Layer(const weights::WeightView& w, const CodeFormerConfig& config)
    : qkv_weight((w / "self_attn").take("in_proj_weight", {3 * config.width, config.width})),
      qkv_bias((w / "self_attn").take("in_proj_bias", {3 * config.width})),
      out(w / "self_attn" / "out_proj", config.width, config.width),
      expand(w / "linear1", config.width, config.hidden),
      contract(w / "linear2", config.hidden, config.width),
      norm1(w / "norm1", config.width),
      norm2(w / "norm2", config.width) {}

at::Tensor CodeFormer::Layer::forward(const at::Tensor& x, const at::Tensor& places) const {
  const int64_t width = x.size(2);
  const at::Tensor values = norm1.forward(x), placed = values + places;
  const auto projected = [&](const at::Tensor& from, int64_t which) {
    return ops::linear(from, qkv_weight.narrow(0, which * width, width), qkv_bias.narrow(0, which * width, width));
  };
  const at::Tensor seen =
      ops::attention(projected(placed, 0), projected(placed, 1), projected(values, 2), {.heads = kHeads});
  const at::Tensor h = out.forward(seen, {.residual = x});
  const at::Tensor wide = expand.forward(norm2.forward(h), {.activation = ops::LinearActivation::kGelu});
  return contract.forward(wide, {.residual = h});
}

CodeFormer::Fusion::Fusion(const weights::WeightView& w, int64_t channels)
    : both(w / "encode_enc", 2 * channels, channels),
      scale_in(w / "scale" / "0", channels, channels),
      scale_out(w / "scale" / "2", channels, channels),
      shift_in(w / "shift" / "0", channels, channels),
      shift_out(w / "shift" / "2", channels, channels),
      channels(channels) {}

at::Tensor CodeFormer::Fusion::forward(const at::Tensor& seen, const at::Tensor& painted, double fidelity) const {
  const at::Tensor h = both.forward(at::cat({seen, painted}, 1));
  const at::Tensor scale = scale_out.forward(ops::leaky_relu(scale_in.forward(h), kSlope));
  const at::Tensor shift = shift_out.forward(ops::leaky_relu(shift_in.forward(h), kSlope));
  return painted + fidelity * (painted * scale + shift);
}

CodeFormer::CodeFormer(const weights::WeightView& w, const weights::TensorIndex& index, const CodeFormerConfig& config)
    : config_(config),
      encoder_(w / "encoder" / "blocks", index, kEncoder, VectorCoder::Half::kEncoder, 3),
      generator_(w / "generator" / "blocks", index, kGenerator, VectorCoder::Half::kGenerator, config.code_width),
      places_(w.take("position_emb", {config.side * config.side, config.width})),
      codebook_((w / "quantize" / "embedding").take("weight", {config.codes, config.code_width})),
      features_in_(w / "feat_emb", config.code_width, config.width),
      head_norm_(w / "idx_pred_layer" / "0", config.width),
      head_(w / "idx_pred_layer" / "1", config.width, config.codes, /*has_bias=*/false) {
  const int64_t halvings = encoder_.count(VectorCoder::Kind::kHalving);
  const int64_t doublings = generator_.count(VectorCoder::Kind::kDoubling);
  if (halvings != doublings || encoder_.out() != config.code_width || generator_.out() != 3) {
    fail(ErrorCode::kUnsupportedModel,
         "the CodeFormer halves {} times to {} channels and doubles {} times to {}, expected the same number, {} and 3",
         halvings, encoder_.out(), doublings, generator_.out(), config.code_width);
  }
  if (halvings > 10 || config.side << halvings > kLargestSide) {
    fail(ErrorCode::kUnsupportedModel,
         "the CodeFormer's faces have {} codes a side and {} halvings, expected {} pixels "
         "at most",
         config.side, halvings, kLargestSide);
  }
  side_ = config.side << halvings;
  for (int64_t i = 0; i < config.layers; ++i) layers_.emplace_back(w / "ft_layers" / i, config);
  build_fusions(w / "fuse_convs_dict", index);
}

void CodeFormer::build_fusions(const weights::WeightView& w, const weights::TensorIndex& index) {
  for (int64_t side = config_.side * 2; side < side_; side *= 2) {
    const std::string name = std::to_string(side), scale = kFusions + name + ".scale.0.weight";
    if (!index.contains(scale)) continue;
    const int64_t channels = weights::size_of(index, scale, 0);
    if (channels % 32 != 0)
      fail(ErrorCode::kUnsupportedModel, "block '{}{}' has {} channels, expected a multiple of 32", kFusions, name,
           channels);
    fusions_.emplace(side, Fusion(w / name, channels));
  }
}

at::Tensor CodeFormer::foreseen_codes(const at::Tensor& features) const {
  at::Tensor x = features_in_.forward(features.flatten(2).transpose(1, 2).contiguous());
  for (const Layer& layer : layers_) x = layer.forward(x, places_);
  return head_.forward(head_norm_.forward(x)).argmax(2).flatten();
}

at::Tensor CodeFormer::generated(const at::Tensor& codes, const std::map<int64_t, at::Tensor>& seen,
                                 double fidelity) const {
  const auto& kinds = generator_.kinds();
  return generator_.forward(codes, [&](std::size_t block, const at::Tensor& x) {
    const bool follows_doubling = block > 0 && kinds[block - 1] == VectorCoder::Kind::kDoubling;
    const auto fusion = fusions_.find(x.size(3));
    if (fidelity <= 0 || !follows_doubling || fusion == fusions_.end()) return x;
    const auto from = seen.find(x.size(3));
    const int64_t channels = fusion->second.channels;
    if (from == seen.end() || from->second.size(1) != channels || x.size(1) != channels) {
      fail(ErrorCode::kUnsupportedModel, "the CodeFormer's encoder and generator differ at maps of {} pixels a side",
           x.size(3));
    }
    return fusion->second.forward(from->second, x, fidelity);
  });
}

at::Tensor CodeFormer::restore(const at::Tensor& face, double fidelity) const {
  const at::InferenceMode no_gradient;
  std::map<int64_t, at::Tensor> seen;
  const auto& kinds = encoder_.kinds();
  const at::Tensor x = face.to(places_.options()).contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor features = encoder_.forward(x, [&](std::size_t block, const at::Tensor& h) {
    const bool is_halved_next = block + 1 < kinds.size() && kinds[block + 1] == VectorCoder::Kind::kHalving;
    if (is_halved_next && fusions_.contains(h.size(3))) seen[h.size(3)] = h;
    return h;
  });
  const at::Tensor chosen = at::embedding(codebook_, foreseen_codes(features));
  const at::Tensor codes = chosen.view({1, config_.side, config_.side, config_.code_width}).permute({0, 3, 1, 2});
  return generated(with_statistics_of(codes, features), seen, fidelity).to(at::kCPU, at::kFloat);
}

at::Tensor with_statistics_of(const at::Tensor& features, const at::Tensor& style) {
  const Statistics own = statistics_of(features), wanted = statistics_of(style);
  return (features - own.mean) / own.spread * wanted.spread + wanted.mean;
}

}  // namespace fude::models
