#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <optional>
#include <vector>

#include "ops/cpu/packed_matrix.h"
#include "ops/packing.h"

namespace fude::ops {

enum class LinearActivation { kNone, kGelu, kQuickGelu };

/// What follows a linear layer's products, in the same pass over memory where the weight is packed.
struct LinearFinish {
  LinearActivation activation = LinearActivation::kNone;
  at::Tensor residual = {};  // of the output's shape, added last; undefined: none
};

/// Weight [out,in] and bias [out] of a linear layer: plain tensors, which training and GPUs compute with, or packed for
/// the processor's kernels.
class LinearWeights {
 public:
  enum class Gate {
    kNone,
    kGeglu,  // the outputs are halves a and g, and a * gelu(g) comes out (arXiv:2002.05202)
  };

  explicit LinearWeights(Gate gate = Gate::kNone) : gate_(gate) {}

  void hold_weight(at::Tensor weight);
  /// For a weight that is not at hand all the time: `supply` gives it at each use.
  void fetch_weight(std::function<at::Tensor()> supply);
  void hold_bias(at::Tensor bias);
  /// Packs a stored weight of any floating type to be computed with in `type`. Preconditions: as packed_format().
  void pack_weight(const at::Tensor& stored, at::ScalarType type, ProductKind kind = ProductKind::kExact);

  /// How often the weight or the bias was given: what was computed before the last time is of other weights.
  std::uint64_t changes() const { return changes_; }

  /// x [..,in] -> [..,out], of half the width after a gate, in x's type.
  at::Tensor forward(const at::Tensor& x, const LinearFinish& finish = {}) const;

 private:
  cpu::ColumnOrder order() const { return gate_ == Gate::kNone ? cpu::ColumnOrder::kPlain : cpu::ColumnOrder::kGated; }
  at::Tensor forward_plain(const at::Tensor& x, const LinearFinish& finish) const;
  at::Tensor forward_packed(const at::Tensor& x, const LinearFinish& finish) const;
  cpu::ProductActivation product_activation(const LinearFinish& finish) const;

  Gate gate_;
  at::Tensor weight_, bias_;  // the weight is undefined where it is packed or fetched; the bias where there is none
  std::function<at::Tensor()> supply_;
  std::optional<cpu::PackedMatrix> packed_;
  std::vector<float> panel_bias_;
  int64_t in_ = 0;
  std::uint64_t changes_ = 0;
};

}  // namespace fude::ops
