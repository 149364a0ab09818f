#include "ops/linear.h"

namespace fude::ops {
namespace {

// Training keeps fp32 weights and computes in bf16: the conversion is part of the graph, so gradients come back in
// fp32.
at::Tensor in_type_of(const at::Tensor& x, const at::Tensor& weight) { return weight.to(x.scalar_type()); }

}  // namespace

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const std::optional<at::Tensor>& bias) {
  if (!bias) return at::linear(x, in_type_of(x, weight));
  return at::linear(x, in_type_of(x, weight), in_type_of(x, *bias));
}

at::Tensor conv2d(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, ConvOptions options) {
  return at::conv2d(x, in_type_of(x, weight), in_type_of(x, bias), options.stride, options.padding);
}

}  // namespace fude::ops
