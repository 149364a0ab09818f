#include "models/text_encoders/clip_text_encoder.h"

#include <algorithm>

#include "core/error.h"
#include "ops/activation.h"
#include "ops/attention.h"

namespace fude::models {

ClipTextConfig infer_clip_text_config(const weights::TensorIndex& index) {
  constexpr int64_t kHeadWidth = 64;
  ClipTextConfig config;
  config.vocabulary = weights::size_of(index, "embeddings.token_embedding.weight", 0);
  config.width = weights::size_of(index, "embeddings.token_embedding.weight", 1);
  config.positions = weights::size_of(index, "embeddings.position_embedding.weight", 0);
  config.layers = weights::count_numbered(index, "encoder.layers.", ".self_attn.q_proj.weight");
  if (config.layers == 0) fail(ErrorCode::kUnsupportedModel, "text encoder has no layers, expected 'encoder.layers.0'");
  config.mlp_width = weights::size_of(index, "encoder.layers.0.mlp.fc1.weight", 0);
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

at::Tensor ClipAttention::forward(const at::Tensor& x) const {
  return out.forward(ops::attention(q.forward(x), k.forward(x), v.forward(x), {.heads = heads, .is_causal = true}));
}

ClipLayer::ClipLayer(const weights::WeightView& w, const ClipTextConfig& config)
    : norm1(w / "layer_norm1", config.width),
      norm2(w / "layer_norm2", config.width),
      attention(w / "self_attn", config.width, config.heads),
      fc1(w / "mlp" / "fc1", config.width, config.mlp_width),
      fc2(w / "mlp" / "fc2", config.mlp_width, config.width) {}

at::Tensor ClipLayer::forward(at::Tensor x) const {
  x = x + attention.forward(norm1.forward(x));
  return x + fc2.forward(ops::quick_gelu(fc1.forward(norm2.forward(x))));
}

ClipTextEncoder::ClipTextEncoder(const weights::WeightView& w, const ClipTextConfig& config)
    : config_(config),
      tokens_(w / "embeddings" / "token_embedding", config.vocabulary, config.width),
      positions_(w / "embeddings" / "position_embedding", config.positions, config.width),
      final_norm_(w / "final_layer_norm", config.width) {
  for (int64_t i = 0; i < config.layers; ++i) layers_.emplace_back(w / "encoder" / "layers" / i, config);
}

std::vector<at::Tensor> ClipTextEncoder::hidden_states(const at::Tensor& ids) const {
  std::vector<at::Tensor> states;
  states.push_back(tokens_.forward(ids) + positions_.weight.narrow(0, 0, ids.size(1)));
  for (const ClipLayer& layer : layers_) states.push_back(layer.forward(states.back()));
  return states;
}

at::Tensor ClipTextEncoder::encode(const at::Tensor& ids, int64_t clip_skip) const {
  const std::vector<at::Tensor> states = hidden_states(ids);
  const auto last = static_cast<int64_t>(states.size()) - 1;
  return final_norm(states[static_cast<std::size_t>(std::max<int64_t>(0, last - (clip_skip - 1)))]);
}

at::Tensor ClipTextEncoder::pooled(const at::Tensor& normalised, const at::Tensor& ids) {
  const at::Tensor end = ids.argmax(1);
  return normalised.index({at::arange(ids.size(0), end.options()), end});
}

}  // namespace fude::models
