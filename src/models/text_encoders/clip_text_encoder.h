#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "nn/layers.h"
#include "weights/tensor_index.h"
#include "weights/weight_view.h"

namespace fude::models {

/// Shape of CLIP's text transformer (Radford et al. 2021). Defaults are ViT-L/14's, as Stable Diffusion 1.x uses it.
struct ClipTextConfig {
  int64_t vocabulary = 49408;
  int64_t positions = 77;
  int64_t width = 768;
  int64_t mlp_width = 3072;
  int64_t layers = 12;
  int64_t heads = 12;  // 64 channels a head

  bool operator==(const ClipTextConfig&) const = default;
};

/// Reads the configuration off the names and shapes below "cond_stage_model.transformer.text_model.".
/// Throws Error(kUnsupportedModel) when they do not form such an encoder.
ClipTextConfig infer_clip_text_config(const weights::TensorIndex& index);

struct ClipAttention {
  nn::Linear q, k, v, out;
  int64_t heads;

  ClipAttention(const weights::WeightView& w, int64_t width, int64_t heads);
  at::Tensor forward(const at::Tensor& x) const;
};

struct ClipLayer {
  nn::LayerNorm norm1, norm2;
  ClipAttention attention;
  nn::Linear fc1, fc2;

  ClipLayer(const weights::WeightView& w, const ClipTextConfig& config);
  at::Tensor forward(at::Tensor x) const;
};

/// CLIP's text encoder with OpenAI's quick GELU. Weight names as in "cond_stage_model.transformer.text_model.".
class ClipTextEncoder {
 public:
  ClipTextEncoder(const weights::WeightView& w, const ClipTextConfig& config);

  /// ids [B,N] int64, N up to `positions` -> hidden states of layers 0 (embeddings) to `layers`, each [B,N,width],
  /// none of them normalised at the end.
  std::vector<at::Tensor> hidden_states(const at::Tensor& ids) const;

  /// The conditioning of Stable Diffusion 1.x: the hidden state `clip_skip - 1` layers before the last, through the
  /// final norm. clip_skip counts from 1 (none skipped); beyond the depth, the embeddings are used.
  at::Tensor encode(const at::Tensor& ids, int64_t clip_skip) const;

  at::Tensor final_norm(const at::Tensor& hidden) const { return final_norm_.forward(hidden); }

  /// normalised [B,N,width], ids [B,N] -> [B,width]: the state at each text's first end token (the largest id).
  static at::Tensor pooled(const at::Tensor& normalised, const at::Tensor& ids);

  at::Device device() const { return tokens_.weight.device(); }
  const ClipTextConfig& config() const { return config_; }

 private:
  ClipTextConfig config_;
  nn::Embedding tokens_, positions_;
  std::vector<ClipLayer> layers_;
  nn::LayerNorm final_norm_;
};

}  // namespace fude::models
