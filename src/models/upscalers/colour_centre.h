#pragma once

#include <ATen/ATen.h>

namespace fude::models {

/// [1,3,1,1], like x: the mean colour of DIV2K's pictures, which many upscalers were trained to find taken off.
inline at::Tensor colour_centre(const at::Tensor& x) {
  return at::tensor({0.4488F, 0.4371F, 0.4040F}, x.options().dtype(at::kFloat)).view({1, 3, 1, 1});
}

}  // namespace fude::models
