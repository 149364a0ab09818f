#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "models/face_restoration/face_restorer.h"
#include "models/face_restoration/vector_coder.h"
#include "nn/layers.h"
#include "weights/tensor_index.h"
#include "weights/weight_view.h"

namespace fude::models {

/// Shape of a CodeFormer (Zhou et al. 2022, arXiv:2206.11253). Defaults are the published one's.
struct CodeFormerConfig {
  int64_t width = 512;    // of the transformer
  int64_t hidden = 1024;  // of its feed-forward layers
  int64_t layers = 9;
  int64_t codes = 1024;      // in the codebook
  int64_t code_width = 256;  // numbers a code
  int64_t side = 16;         // codes along a side of the face

  bool operator==(const CodeFormerConfig&) const = default;
};

/// From canonical names. Throws Error(kUnsupportedModel).
CodeFormerConfig infer_code_former_config(const weights::TensorIndex& index);

/// An encoder, a transformer that foresees which codes of a codebook of good faces stand for what the encoder saw, and
/// a generator that paints them.
class CodeFormer : public FaceRestorer {
 public:
  CodeFormer(const weights::WeightView& w, const weights::TensorIndex& index, const CodeFormerConfig& config);

  at::Tensor restore(const at::Tensor& face, double fidelity) const override;
  int64_t side() const override { return side_; }
  std::string_view family() const override { return "CodeFormer"; }

  /// features [1,code_width,h,w] of the encoder -> the number of a code for each place, [h*w] int64.
  at::Tensor foreseen_codes(const at::Tensor& features) const;

 private:
  struct Layer {
    at::Tensor qkv_weight, qkv_bias;
    nn::Linear out, expand, contract;
    nn::LayerNorm norm1, norm2;

    Layer(const weights::WeightView& w, const CodeFormerConfig& config);
    /// x [1,N,D], places [N,D].
    at::Tensor forward(const at::Tensor& x, const at::Tensor& places) const;
  };
  /// What the encoder saw, as a scale and a shift for what the generator paints.
  struct Fusion {
    AutoencoderResBlock both;
    nn::Conv2d scale_in, scale_out, shift_in, shift_out;
    int64_t channels;

    Fusion(const weights::WeightView& w, int64_t channels);
    at::Tensor forward(const at::Tensor& seen, const at::Tensor& painted, double fidelity) const;
  };

  void build_fusions(const weights::WeightView& w, const weights::TensorIndex& index);
  at::Tensor generated(const at::Tensor& codes, const std::map<int64_t, at::Tensor>& seen, double fidelity) const;

  CodeFormerConfig config_;
  VectorCoder encoder_, generator_;
  at::Tensor places_;    // [side*side, width]
  at::Tensor codebook_;  // [codes, code_width]
  nn::Linear features_in_;
  std::vector<Layer> layers_;
  nn::LayerNorm head_norm_;
  nn::Linear head_;
  std::map<int64_t, Fusion> fusions_;  // by the side of the map they work on
  int64_t side_ = 0;
};

/// `features` with the mean and the spread that `style` has in each channel (Huang and Belongie 2017,
/// arXiv:1703.06868, eq. 8); both [1,C,H,W].
at::Tensor with_statistics_of(const at::Tensor& features, const at::Tensor& style);

}  // namespace fude::models
