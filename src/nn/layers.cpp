#include "nn/layers.h"

#include "ops/linear.h"
#include "ops/normalization.h"

namespace fude::nn {

namespace {

constexpr int64_t kNormGroups = 32;
constexpr double kLayerNormEps = 1e-5;

// Convolutions run channels-last, and a weight in that order is not reordered at each call. A weight that is being
// trained stays as its owner laid it out.
at::Tensor channels_last_unless_trained(const at::Tensor& weight) {
  if (weight.requires_grad()) return weight;
  return weight.contiguous(at::MemoryFormat::ChannelsLast);
}

}  // namespace

Linear::Linear(const weights::WeightView& w, int64_t in, int64_t out, bool has_bias)
    : weight(w.take("weight", {out, in})) {
  if (has_bias) bias = w.take("bias", {out});
}

at::Tensor Linear::forward(const at::Tensor& x) const { return ops::linear(x, weight, bias); }

Conv2d::Conv2d(const weights::WeightView& w, int64_t in, int64_t out, ConvShape shape)
    : weight(channels_last_unless_trained(w.take("weight", {out, in, shape.kernel, shape.kernel}))),
      bias(w.take("bias", {out})),
      shape(shape) {}

at::Tensor Conv2d::forward(const at::Tensor& x) const {
  return ops::conv2d(x, weight, bias, {.stride = shape.stride, .padding = shape.padding});
}

GroupNorm::GroupNorm(const weights::WeightView& w, int64_t channels, double eps)
    : weight(w.take("weight", {channels})), bias(w.take("bias", {channels})), eps(eps) {}

at::Tensor GroupNorm::forward(const at::Tensor& x) const { return ops::group_norm(x, kNormGroups, weight, bias, eps); }

at::Tensor GroupNorm::forward_silu(const at::Tensor& x) const {
  return ops::group_norm_silu(x, kNormGroups, weight, bias, eps);
}

LayerNorm::LayerNorm(const weights::WeightView& w, int64_t width)
    : weight(w.take("weight", {width})), bias(w.take("bias", {width})) {}

at::Tensor LayerNorm::forward(const at::Tensor& x) const { return ops::layer_norm(x, weight, bias, kLayerNormEps); }

Embedding::Embedding(const weights::WeightView& w, int64_t count, int64_t width)
    : weight(w.take("weight", {count, width})) {}

at::Tensor Embedding::forward(const at::Tensor& ids) const { return at::embedding(weight, ids); }

}  // namespace fude::nn
