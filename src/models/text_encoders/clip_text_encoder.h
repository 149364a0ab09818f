#pragma once

#include <ATen/ATen.h>

#include <optional>
#include <span>
#include <vector>

#include "nn/layers.h"
#include "weights/tensor_index.h"
#include "weights/weight_view.h"

namespace fude::models {

/// Shape of CLIP's text transformer (Radford et al. 2021), OpenAI's or OpenCLIP's. Defaults are OpenAI's ViT-L/14, as
/// Stable Diffusion 1.x uses it.
struct ClipTextConfig {
  int64_t vocabulary = 49408;
  int64_t positions = 77;
  int64_t width = 768;
  int64_t mlp_width = 3072;
  int64_t layers = 12;
  int64_t heads = 12;                // 64 channels a head
  int64_t projection_dim = 0;        // width of the pooled vector; 0: the file has no projection for it
  bool has_quick_gelu = true;        // OpenAI's approximation; OpenCLIP computes the exact GELU
  bool has_open_clip_names = false;  // the file's layout: OpenCLIP's own instead of Hugging Face's

  bool operator==(const ClipTextConfig&) const = default;
};

/// Reads the configuration off names and shapes, in Hugging Face's layout (below "text_model.") or OpenCLIP's.
/// has_quick_gelu cannot be seen there: OpenCLIP's layout is taken for an exact GELU, the other for a quick one.
/// Throws Error(kUnsupportedModel) when they do not form such an encoder.
ClipTextConfig infer_clip_text_config(const weights::TensorIndex& index);

struct ClipAttention {
  nn::Linear q, k, v, out;
  int64_t heads;

  ClipAttention(const weights::WeightView& w, int64_t width, int64_t heads);
  /// x, residual [B,N,D] -> [B,N,D].
  at::Tensor forward(const at::Tensor& x, const at::Tensor& residual) const;
};

struct ClipLayer {
  nn::LayerNorm norm1, norm2;
  ClipAttention attention;
  nn::Linear fc1, fc2;
  ops::LinearActivation activation;

  ClipLayer(const weights::WeightView& w, const ClipTextConfig& config);
  at::Tensor forward(at::Tensor x) const;
};

/// Which state of a text encoder is read.
struct ClipReading {
  int64_t layer_from_end = 1;  // 1: the last layer's; beyond the depth, the embeddings
  bool is_normalised = true;   // through the final norm
  bool wants_pooled = false;
};

struct ClipOutput {
  at::Tensor states;  // [B,N,width]
  at::Tensor pooled;  // [B,projection_dim], or [B,width] without a projection; undefined unless wanted
};

/// Vectors that stand in for tokens of one text, as a textual inversion gives them.
struct TokenVectors {
  int64_t row = 0;       // which text
  int64_t position = 0;  // of the first token replaced
  at::Tensor vectors;    // [n,width]; what reaches beyond the last token is left out
};

/// CLIP's text encoder. Weight names are Hugging Face's, as in "cond_stage_model.transformer.text_model."; a projection
/// is "text_projection.weight" beside them.
class ClipTextEncoder {
 public:
  ClipTextEncoder(const weights::WeightView& w, const ClipTextConfig& config);

  /// ids [B,N] int64, N up to `positions` -> hidden states of layers 0 (embeddings) to `layers`, each [B,N,width],
  /// none of them normalised at the end.
  std::vector<at::Tensor> hidden_states(const at::Tensor& ids, std::span<const TokenVectors> replaced = {}) const;

  /// The states of ids [B,N] that `reading` asks for. The pooled vector is always of the last layer: its state, through
  /// the final norm, at each text's first end token, projected.
  ClipOutput read(const at::Tensor& ids, const ClipReading& reading, std::span<const TokenVectors> replaced = {}) const;

  /// The conditioning of Stable Diffusion 1.x: the hidden state `clip_skip - 1` layers before the last, through the
  /// final norm. clip_skip counts from 1 (none skipped); beyond the depth, the embeddings are used.
  at::Tensor encode(const at::Tensor& ids, int64_t clip_skip) const;

  at::Tensor final_norm(const at::Tensor& hidden) const { return final_norm_.forward(hidden); }

  /// normalised [B,N,width], ids [B,N] -> [B,width]: the state at each text's first end token (the largest id).
  static at::Tensor pooled(const at::Tensor& normalised, const at::Tensor& ids);

  at::Device device() const { return tokens_.device(); }
  const ClipTextConfig& config() const { return config_; }

 private:
  ClipTextConfig config_;
  nn::Embedding tokens_, positions_;
  std::vector<ClipLayer> layers_;
  nn::LayerNorm final_norm_;
  std::optional<nn::Linear> projection_;
};

/// Builds an encoder from weights in the layout that `config` names.
ClipTextEncoder make_clip_text_encoder(const weights::WeightView& stored, const ClipTextConfig& config);

}  // namespace fude::models
