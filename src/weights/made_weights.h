#pragma once

#include <ATen/ATen.h>

#include <map>
#include <string>

#include "weights/weight_layout.h"
#include "weights/weight_view.h"

namespace fude::weights {

/// Weights that were worked out of a file's, as a source for the layers that compute with them.
class MadeWeights : public TensorSource {
 public:
  explicit MadeWeights(WeightLayout layout) : layout_(std::move(layout)) {}

  void add(const std::string& name, at::Tensor tensor) { tensors_.insert_or_assign(name, std::move(tensor)); }

  at::Tensor take(const std::string& key, at::IntArrayRef shape) override { return layout_.prepare(at(key, shape)); }
  void keep(const std::string& key, at::IntArrayRef shape, WeightKeeper keeper) override {
    keeper(at(key, shape), layout_);
  }

 private:
  at::Tensor at(const std::string& key, at::IntArrayRef shape) const;

  WeightLayout layout_;
  std::map<std::string, at::Tensor> tensors_;
};

}  // namespace fude::weights
