#include "ops/activation.h"

#include "ops/cpu/transformer_ops.h"

namespace fude::ops {

at::Tensor silu(const at::Tensor& x) {
  if (cpu::can_activate(x)) return cpu::activate(cpu::Activation::kSilu, x);
  return at::silu(x);
}

at::Tensor quick_gelu(const at::Tensor& x) {
  if (cpu::can_activate(x)) return cpu::activate(cpu::Activation::kQuickGelu, x);
  return x * at::sigmoid(x * 1.702);
}

at::Tensor gelu(const at::Tensor& x) {
  if (cpu::can_activate(x)) return cpu::activate(cpu::Activation::kGelu, x);
  return at::gelu(x);
}

at::Tensor geglu(const at::Tensor& x) {
  if (cpu::can_fuse_transformer_op(x)) return cpu::geglu(x);
  const auto halves = x.chunk(2, -1);
  return halves[0] * at::gelu(halves[1]);
}

}  // namespace fude::ops
