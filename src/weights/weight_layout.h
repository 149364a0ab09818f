#pragma once

#include <ATen/ATen.h>

namespace fude::weights {

/// How a stored tensor becomes what a layer computes with: floating-point ones in `type` (convolution weights
/// channels-last, as ops::conv2d wants them), integer ones as they are.
struct WeightLayout {
  at::ScalarType type = at::kFloat;
  at::Device device = at::kCPU;

  at::Tensor prepare(const at::Tensor& stored) const;
};

}  // namespace fude::weights
