#pragma once

#include <ATen/ATen.h>

namespace fude::ops {

/// x where it is above zero, else slope * x (Maas et al. 2013).
at::Tensor leaky_relu(const at::Tensor& x, double slope);

/// The same with a slope for each channel: x [B,C,H,W], slopes [C] (He et al. 2015, arXiv:1502.01852).
at::Tensor prelu(const at::Tensor& x, const at::Tensor& slopes);

/// base + factor * change; all of one shape.
at::Tensor add_scaled(const at::Tensor& base, const at::Tensor& change, double factor);

}  // namespace fude::ops
