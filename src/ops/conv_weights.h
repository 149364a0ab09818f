#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <optional>
#include <vector>

#include "ops/cpu/convolution.h"
#include "ops/linear.h"
#include "ops/packing.h"

namespace fude::ops {

/// What follows a convolution's products, in the same pass over memory where the weight is packed.
struct ConvFinish {
  at::Tensor shift = {};      // [B,out], added to every pixel of its picture; undefined: none
  at::Tensor residual = {};   // of the output's shape; undefined: none
  bool is_rectified = false;  // ReLU after all that
};

/// Weight [out,in,k,k] and bias [out] of a convolution: plain tensors, which training and GPUs compute with, or packed
/// for the processor's kernels.
class ConvWeights {
 public:
  explicit ConvWeights(ConvOptions options) : options_(options) {}

  void hold_weight(at::Tensor weight) { weight_ = std::move(weight); }
  /// For a weight that is not at hand all the time: `supply` gives it at each use, of the type and on the device of
  /// `options`.
  void fetch_weight(std::function<at::Tensor()> supply, const at::TensorOptions& options) {
    supply_ = std::move(supply);
    supplied_ = options;
  }
  void hold_bias(at::Tensor bias);
  /// Packs a stored weight of any floating type to be computed with in `type`. Preconditions: as packed_format().
  void pack_weight(const at::Tensor& stored, at::ScalarType type, ProductKind kind = ProductKind::kExact);

  /// x [B,in,H,W] -> [B,out,H',W'], in x's type and channels-last; pads as ops::conv2d.
  at::Tensor forward(const at::Tensor& x, const ConvFinish& finish = {}) const;

  /// Of x enlarged to [B,in,2H,2W], every pixel repeated in a 2x2 block. Packed weights need no enlarged copy, and
  /// Winograd's way takes 9 products for 2x2 outputs instead of 16.
  at::Tensor forward_enlarged(const at::Tensor& x) const;

  /// Type and device of what it computes with.
  at::TensorOptions options() const;

 private:
  at::Tensor forward_plain(const at::Tensor& x, const ConvFinish& finish) const;
  at::Tensor forward_packed(const at::Tensor& x, const ConvFinish& finish, bool is_enlarged) const;

  ConvOptions options_;
  at::Tensor weight_, bias_;  // the weight is undefined where it is packed or fetched
  std::function<at::Tensor()> supply_;
  at::TensorOptions supplied_;
  std::optional<cpu::PackedConvolution> packed_;
  std::vector<float> panel_bias_;
};

}  // namespace fude::ops
