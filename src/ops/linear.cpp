#include "ops/linear.h"

#include "ops/seamless.h"

namespace fude::ops {
namespace {

// Training keeps fp32 weights and computes in bf16: the conversion is part of the graph, so gradients come back in
// fp32.
at::Tensor in_type_of(const at::Tensor& x, const at::Tensor& weight) {
  return weight.defined() ? weight.to(x.scalar_type()) : weight;
}

}  // namespace

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const std::optional<at::Tensor>& bias) {
  if (!bias) return at::linear(x, in_type_of(x, weight));
  return at::linear(x, in_type_of(x, weight), in_type_of(x, *bias));
}

at::Tensor conv2d(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, ConvOptions options) {
  const int64_t padding = options.padding;
  if (padding == 0 || !SeamlessConvolutions::are_on())
    return at::conv2d(x, in_type_of(x, weight), in_type_of(x, bias), options.stride, padding);
  const at::Tensor wrapped = at::pad(x, {padding, padding, padding, padding}, "circular");
  return at::conv2d(wrapped.contiguous(at::MemoryFormat::ChannelsLast), in_type_of(x, weight), in_type_of(x, bias),
                    options.stride);
}

}  // namespace fude::ops
