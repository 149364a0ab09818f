#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "weights/weight_layout.h"

namespace fude::weights {

/// What makes of a tensor what a layer computes with, and keeps it: told the tensor as it is stored and how it shall be
/// computed with, or no layout when the tensor shall be computed with as it is.
using WeightKeeper = std::function<void(const at::Tensor& tensor, const std::optional<WeightLayout>& layout)>;

/// Where a module's weights come from while it is built: a checkpoint file, or an initialiser when training from
/// scratch.
class TensorSource {
 public:
  virtual ~TensorSource() = default;

  /// Hands out the tensor `key`, in the source's compute type and device, and counts it as used.
  /// Throws Error(kCorruptFile) when it is missing or its shape is not `shape`.
  virtual at::Tensor take(const std::string& key, at::IntArrayRef shape) = 0;

  /// The same for a layer that keeps the tensor in a form of its own: `keeper` is called now, and by a source that can
  /// be patched (LiveWeights) again whenever the tensor has changed.
  virtual void keep(const std::string& key, at::IntArrayRef shape, WeightKeeper keeper) {
    keeper(take(key, shape), std::nullopt);
  }
};

/// A place in the tree of weight names: nesting in code is dots in names. The source must outlive it; it lives only
/// while a model is built.
class WeightView {
 public:
  explicit WeightView(TensorSource& source, std::string prefix = {}) : source_(&source), prefix_(std::move(prefix)) {}

  WeightView operator/(std::string_view name) const { return WeightView(*source_, prefix_ + std::string(name) + "."); }
  WeightView operator/(int64_t number) const { return *this / std::to_string(number); }

  at::Tensor take(std::string_view name, at::IntArrayRef shape) const {
    return source_->take(prefix_ + std::string(name), shape);
  }
  void keep(std::string_view name, at::IntArrayRef shape, WeightKeeper keeper) const {
    source_->keep(prefix_ + std::string(name), shape, std::move(keeper));
  }

 private:
  TensorSource* source_;
  std::string prefix_;
};

}  // namespace fude::weights
