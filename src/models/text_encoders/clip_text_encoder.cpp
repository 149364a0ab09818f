#include "models/text_encoders/clip_text_encoder.h"

#include <algorithm>

#include "core/error.h"
#include "ops/attention.h"
#include "weights/open_clip_names.h"

namespace fude::models {
namespace {

/// The names by which the two layouts keep what tells the shape.
struct Layout {
  std::string tokens, positions, layers, layer_mark, mlp, projection;
  std::size_t projected_dim;  // of the projection's shape
};

Layout hugging_face_layout() {
  return {.tokens = "embeddings.token_embedding.weight",
          .positions = "embeddings.position_embedding.weight",
          .layers = "encoder.layers.",
          .layer_mark = ".self_attn.q_proj.weight",
          .mlp = ".mlp.fc1.weight",
          .projection = "text_projection.weight",
          .projected_dim = 0};
}

Layout open_clip_layout() {
  return {.tokens = "token_embedding.weight",
          .positions = "positional_embedding",
          .layers = "transformer.resblocks.",
          .layer_mark = ".attn.in_proj_weight",
          .mlp = ".mlp.c_fc.weight",
          .projection = "text_projection",
          .projected_dim = 1};
}

}  // namespace

ClipTextConfig infer_clip_text_config(const weights::TensorIndex& index) {
  constexpr int64_t kHeadWidth = 64;
  ClipTextConfig config;
  config.has_open_clip_names = index.contains(open_clip_layout().tokens);
  config.has_quick_gelu = !config.has_open_clip_names;
  const Layout layout = config.has_open_clip_names ? open_clip_layout() : hugging_face_layout();
  config.vocabulary = weights::size_of(index, layout.tokens, 0);
  config.width = weights::size_of(index, layout.tokens, 1);
  config.positions = weights::size_of(index, layout.positions, 0);
  config.layers = weights::count_numbered(index, layout.layers, layout.layer_mark);
  if (config.layers == 0) {
    fail(ErrorCode::kUnsupportedModel, "text encoder has no layers, expected '{}0'", layout.layers);
  }
  config.mlp_width = weights::size_of(index, layout.layers + "0" + layout.mlp, 0);
  if (index.contains(layout.projection)) {
    config.projection_dim = weights::size_of(index, layout.projection, layout.projected_dim);
  }
  config.heads = std::max<int64_t>(1, config.width / kHeadWidth);
  if (config.width % config.heads != 0) {
    fail(ErrorCode::kUnsupportedModel, "text encoder is {} wide, expected a multiple of {}", config.width, kHeadWidth);
  }
  return config;
}

ClipAttention::ClipAttention(const weights::WeightView& w, int64_t width, int64_t heads)
    : q(w / "q_proj", width, width),
      k(w / "k_proj", width, width),
      v(w / "v_proj", width, width),
      out(w / "out_proj", width, width),
      heads(heads) {}

at::Tensor ClipAttention::forward(const at::Tensor& x, const at::Tensor& residual) const {
  return out.forward(ops::attention(q.forward(x), k.forward(x), v.forward(x), {.heads = heads, .is_causal = true}),
                     {.residual = residual});
}

ClipLayer::ClipLayer(const weights::WeightView& w, const ClipTextConfig& config)
    : norm1(w / "layer_norm1", config.width),
      norm2(w / "layer_norm2", config.width),
      attention(w / "self_attn", config.width, config.heads),
      fc1(w / "mlp" / "fc1", config.width, config.mlp_width),
      fc2(w / "mlp" / "fc2", config.mlp_width, config.width),
      activation(config.has_quick_gelu ? ops::LinearActivation::kQuickGelu : ops::LinearActivation::kGelu) {}

at::Tensor ClipLayer::forward(at::Tensor x) const {
  x = attention.forward(norm1.forward(x), x);
  return fc2.forward(fc1.forward(norm2.forward(x), {.activation = activation}), {.residual = x});
}

ClipTextEncoder::ClipTextEncoder(const weights::WeightView& w, const ClipTextConfig& config)
    : config_(config),
      tokens_(w / "embeddings" / "token_embedding", config.vocabulary, config.width),
      positions_(w / "embeddings" / "position_embedding", config.positions, config.width),
      final_norm_(w / "final_layer_norm", config.width) {
  for (int64_t i = 0; i < config.layers; ++i) layers_.emplace_back(w / "encoder" / "layers" / i, config);
  if (config.projection_dim > 0) {
    projection_.emplace(w / "text_projection", config.width, config.projection_dim, /*has_bias=*/false);
  }
}

std::vector<at::Tensor> ClipTextEncoder::hidden_states(const at::Tensor& ids,
                                                       std::span<const TokenVectors> replaced) const {
  at::Tensor embedded = tokens_.forward(ids);
  for (const TokenVectors& piece : replaced) {
    const int64_t count = std::min(piece.vectors.size(0), ids.size(1) - piece.position);
    embedded.select(0, piece.row).narrow(0, piece.position, count).copy_(piece.vectors.narrow(0, 0, count));
  }
  std::vector<at::Tensor> states;
  states.push_back(embedded + positions_.forward(at::arange(ids.size(1), ids.options())));
  for (const ClipLayer& layer : layers_) states.push_back(layer.forward(states.back()));
  return states;
}

ClipOutput ClipTextEncoder::read(const at::Tensor& ids, const ClipReading& reading,
                                 std::span<const TokenVectors> replaced) const {
  const std::vector<at::Tensor> states = hidden_states(ids, replaced);
  const auto last = static_cast<int64_t>(states.size()) - 1;
  const at::Tensor& here = states[static_cast<std::size_t>(std::max<int64_t>(0, last - (reading.layer_from_end - 1)))];
  ClipOutput output{.states = reading.is_normalised ? final_norm(here) : here, .pooled = {}};
  if (reading.wants_pooled) {
    output.pooled = pooled(final_norm(states.back()), ids);
    if (projection_) output.pooled = projection_->forward(output.pooled);
  }
  return output;
}

at::Tensor ClipTextEncoder::encode(const at::Tensor& ids, int64_t clip_skip) const {
  return read(ids, {.layer_from_end = clip_skip}).states;
}

at::Tensor ClipTextEncoder::pooled(const at::Tensor& normalised, const at::Tensor& ids) {
  const at::Tensor end = ids.argmax(1);
  return normalised.index({at::arange(ids.size(0), end.options()), end});
}

ClipTextEncoder make_clip_text_encoder(const weights::WeightView& stored, const ClipTextConfig& config) {
  if (!config.has_open_clip_names) return {stored, config};
  weights::OpenClipSource source(stored);
  return {weights::WeightView(source), config};
}

}  // namespace fude::models
