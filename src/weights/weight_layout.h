#pragma once

#include <ATen/ATen.h>

#include <memory>

namespace fude::weights {

class TravellingWeights;

/// How a stored tensor becomes what a layer computes with: floating-point ones in `type` (convolution weights
/// channels-last, as ops::conv2d wants them), integer ones as they are.
struct WeightLayout {
  at::ScalarType type = at::kFloat;
  at::Device device = at::kCPU;
  /// What takes in the large weights of the tensor's network, where a memory plan says their place; null: the layer.
  std::shared_ptr<TravellingWeights> travelling = {};
  bool wants_int8 = false;  // layers that bear it round their products' factors to 8 bits; type is bfloat16

  at::Tensor prepare(const at::Tensor& stored) const;
};

}  // namespace fude::weights
