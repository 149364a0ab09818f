#include "ops/linear_weights.h"

#include <utility>

#include "core/error.h"
#include "ops/activation.h"
#include "ops/cpu/matrix_product.h"
#include "ops/linear.h"

namespace fude::ops {
namespace {

at::Tensor activated(const at::Tensor& x, LinearActivation activation) {
  if (activation == LinearActivation::kGelu) return ops::gelu(x);
  return activation == LinearActivation::kQuickGelu ? ops::quick_gelu(x) : x;
}

}  // namespace

void LinearWeights::hold_weight(at::Tensor weight) {
  weight_ = std::move(weight);
  ++changes_;
}

void LinearWeights::fetch_weight(std::function<at::Tensor()> supply) {
  supply_ = std::move(supply);
  ++changes_;
}

void LinearWeights::hold_bias(at::Tensor bias) {
  ++changes_;
  bias_ = std::move(bias);
  if (packed_) panel_bias_ = panel_bias(*packed_, order(), bias_);
}

void LinearWeights::pack_weight(const at::Tensor& stored, at::ScalarType type, ProductKind kind) {
  ++changes_;
  const StoredTensor numbers(stored);
  in_ = stored.size(1);
  packed_ = cpu::pack_linear(packed_format(type, kind), numbers.numbers, in_, stored.size(0), order());
  panel_bias_ = panel_bias(*packed_, order(), bias_);
}

at::Tensor LinearWeights::forward(const at::Tensor& x, const LinearFinish& finish) const {
  return packed_ ? forward_packed(x, finish) : forward_plain(x, finish);
}

at::Tensor LinearWeights::forward_plain(const at::Tensor& x, const LinearFinish& finish) const {
  const at::Tensor products =
      ops::linear(x, supply_ ? supply_() : weight_, bias_.defined() ? std::optional(bias_) : std::nullopt);
  const at::Tensor y = activated(gate_ == Gate::kGeglu ? ops::geglu(products) : products, finish.activation);
  return finish.residual.defined() ? finish.residual + y : y;
}

cpu::ProductActivation LinearWeights::product_activation(const LinearFinish& finish) const {
  if (gate_ == Gate::kGeglu) return cpu::ProductActivation::kGeglu;
  switch (finish.activation) {
    case LinearActivation::kNone: return cpu::ProductActivation::kNone;
    case LinearActivation::kGelu: return cpu::ProductActivation::kGelu;
    case LinearActivation::kQuickGelu: return cpu::ProductActivation::kQuickGelu;
  }
  return cpu::ProductActivation::kNone;
}

at::Tensor LinearWeights::forward_packed(const at::Tensor& x, const LinearFinish& finish) const {
  if (x.size(-1) != in_) {
    fail(ErrorCode::kInvalidArgument, "a linear layer got rows of {} numbers, expected {}", x.size(-1), in_);
  }
  const int64_t group_padding = packed_->depth() - in_;
  at::Tensor input = as_packed_input(x, packed_->format());
  if (group_padding > 0) input = at::constant_pad_nd(input, {0, group_padding});
  input = input.contiguous();
  std::vector<int64_t> shape = x.sizes().vec();
  shape.back() = gate_ == Gate::kGeglu ? packed_->columns() / 2 : packed_->columns();
  at::Tensor out = at::empty(shape, input.options());
  const at::Tensor residual =
      finish.residual.defined() ? finish.residual.to(input.scalar_type()).expand(shape).contiguous() : at::Tensor();
  const int64_t rows = x.numel() / std::max<int64_t>(1, in_);
  if (rows > 0) {
    cpu::multiply({.data = input.data_ptr(), .rows = rows, .stride = packed_->depth() * input.element_size()}, *packed_,
                  {.bias = panel_bias_.data(),
                   .activation = product_activation(finish),
                   .residual = residual.defined() ? residual.data_ptr() : nullptr},
                  out.data_ptr(), shape.back());
  }
  return out.to(x.scalar_type());
}

}  // namespace fude::ops
