#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "models/autoencoders/autoencoder_kl.h"
#include "nn/layers.h"
#include "weights/tensor_index.h"
#include "weights/weight_view.h"

namespace fude::models {

/// Half of a vector-quantised autoencoder (Esser et al. 2021, arXiv:2012.09841) in the layout that CodeFormer has it
/// in: one list of blocks, whose kinds their tensors tell.
class VectorCoder {
 public:
  enum class Kind { kConv, kRes, kAttention, kNorm, kHalving, kDoubling };
  enum class Half { kEncoder, kGenerator };

  /// `place`: "encoder.blocks." or "generator.blocks."; `in`: channels of what comes in. Throws
  /// Error(kUnsupportedModel), and as weights::WeightView.
  VectorCoder(const weights::WeightView& w, const weights::TensorIndex& index, const std::string& place, Half half,
              int64_t in);

  /// Called after each block with its number; what it returns goes on.
  using Visitor = std::function<at::Tensor(std::size_t block, const at::Tensor& x)>;
  /// x [B,in,H,W] -> [B,out,H',W'].
  at::Tensor forward(at::Tensor x, const Visitor& visit) const;

  const std::vector<Kind>& kinds() const { return kinds_; }
  int64_t count(Kind kind) const;
  int64_t out() const { return out_; }

 private:
  struct Resampling {  // halves or doubles, by the half it is in
    nn::Conv2d conv;
  };
  using Block = std::variant<nn::Conv2d, AutoencoderResBlock, AutoencoderAttention, nn::GroupNorm, Resampling>;

  Block built(const weights::WeightView& w, const weights::TensorIndex& index, const std::string& name, Kind kind,
              int64_t in);
  at::Tensor forward(const Block& block, const at::Tensor& x) const;

  Half half_;
  std::vector<Kind> kinds_;
  std::vector<Block> blocks_;
  int64_t out_ = 0;
};

}  // namespace fude::models
