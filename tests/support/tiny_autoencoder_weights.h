#pragma once

#include <ATen/ATen.h>

#include <cmath>
#include <map>
#include <string>

#include "tests/support/tiny_model.h"
#include "weights/tensor_index.h"
#include "weights/weight_view.h"

namespace fude::tests {

/// Makes each tensor of a tiny autoencoder when it is asked for, by the rule of the golden data, and keeps it.
class TinyAutoencoderWeights : public weights::TensorSource {
 public:
  at::Tensor take(const std::string& key, at::IntArrayRef shape) override {
    const double fan_in = shape.size() == 1 ? 0 : static_cast<double>(shape[1] * shape[2] * shape[3]);
    const double scale = shape.size() == 1 ? 0.05 : std::sqrt(3 / fan_in);
    return tensors_[key] = golden_weight(kSeed, key, shape.vec(), scale);
  }

  const std::map<std::string, at::Tensor>& tensors() const { return tensors_; }

  /// Names and shapes of what was taken.
  weights::TensorIndex index() const {
    weights::TensorIndex index;
    for (const auto& [name, tensor] : tensors_) index[name] = tensor.sizes().vec();
    return index;
  }

 private:
  static constexpr uint64_t kSeed = 90;

  std::map<std::string, at::Tensor> tensors_;
};

}  // namespace fude::tests
