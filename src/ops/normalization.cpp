#include "ops/normalization.h"

#include "ops/cpu/group_norm.h"
#include "ops/cpu/transformer_ops.h"

namespace fude::ops {

at::Tensor group_norm(const at::Tensor& x, int64_t groups, const at::Tensor& weight, const at::Tensor& bias,
                      double eps) {
  if (cpu::can_group_norm(x)) return cpu::group_norm(x, weight, bias, {.groups = groups, .epsilon = eps});
  return at::group_norm(x, groups, weight.to(x.scalar_type()), bias.to(x.scalar_type()), eps);
}

at::Tensor group_norm_silu(const at::Tensor& x, int64_t groups, const at::Tensor& weight, const at::Tensor& bias,
                           double eps) {
  if (cpu::can_group_norm(x)) {
    return cpu::group_norm(x, weight, bias, {.groups = groups, .epsilon = eps, .activation = cpu::Activation::kSilu});
  }
  return at::silu(group_norm(x, groups, weight, bias, eps));
}

at::Tensor layer_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double eps) {
  const bool is_trained_in_float = x.scalar_type() == at::kFloat && (weight.requires_grad() || bias.requires_grad());
  if (cpu::can_fuse_transformer_op(x) && !is_trained_in_float) return cpu::layer_norm(x, weight, bias, eps);
  return at::layer_norm(x, weight.sizes(), weight.to(x.scalar_type()), bias.to(x.scalar_type()), eps);
}

ChannelMoments channel_moments(const at::Tensor& x) {
  if (cpu::can_group_norm(x)) {
    const cpu::ChannelMoments moments = cpu::channel_moments(x);
    return {moments.mean, moments.variance};
  }
  const at::Tensor pixels = x.permute({0, 2, 3, 1}).reshape({-1, x.size(1)}).to(at::kFloat);
  const at::Tensor mean = pixels.mean(0);
  return {mean.to(at::kDouble), (pixels - mean).square_().mean(0).to(at::kDouble)};
}

at::Tensor affine_silu(const at::Tensor& x, const at::Tensor& scale, const at::Tensor& shift) {
  if (cpu::can_group_norm(x)) return cpu::affine_silu(x, scale, shift);
  const auto for_channels = [](const at::Tensor& factors) { return factors.view({1, -1, 1, 1}); };
  return at::silu_(x.to(at::kFloat).mul(for_channels(scale)).add_(for_channels(shift))).to(x.scalar_type());
}

}  // namespace fude::ops
