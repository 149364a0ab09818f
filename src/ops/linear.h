#pragma once

#include <ATen/ATen.h>

#include <optional>

namespace fude::ops {

/// x [.., in] times weight [out, in], plus bias [out]. Weights of another floating type are converted to x's.
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const std::optional<at::Tensor>& bias);

struct ConvOptions {
  int64_t stride = 1;
  int64_t padding = 0;
};

/// x [B,C,H,W], weight [out,C,k,k], bias [out] or undefined -> [B,out,H',W']. Weights of another floating type are
/// converted to x's.
/// Pads with zeros, or with the opposite edges while SeamlessConvolutions are on; then padding is at most H and W.
at::Tensor conv2d(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, ConvOptions options);

}  // namespace fude::ops
