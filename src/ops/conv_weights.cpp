#include "ops/conv_weights.h"

#include <utility>

#include "core/error.h"
#include "ops/resize.h"
#include "ops/seamless.h"

namespace fude::ops {

void ConvWeights::hold_bias(at::Tensor bias) {
  bias_ = std::move(bias);
  if (packed_) panel_bias_ = panel_bias(packed_->matrix(), cpu::ColumnOrder::kPlain, bias_);
}

void ConvWeights::pack_weight(const at::Tensor& stored, at::ScalarType type, ProductKind kind) {
  const StoredTensor numbers(stored);
  const cpu::ConvolutionShape shape{.in = stored.size(1),
                                    .out = stored.size(0),
                                    .kernel = stored.size(2),
                                    .stride = options_.stride,
                                    .padding = options_.padding};
  packed_.emplace(packed_format(type, kind), shape, numbers.numbers);
  panel_bias_ = panel_bias(packed_->matrix(), cpu::ColumnOrder::kPlain, bias_);
}

at::TensorOptions ConvWeights::options() const {
  if (packed_) return at::TensorOptions(type_of(packed_->matrix().format().element));
  return supply_ ? supplied_ : weight_.options();
}

at::Tensor ConvWeights::forward(const at::Tensor& x, const ConvFinish& finish) const {
  return packed_ ? forward_packed(x, finish, /*is_enlarged=*/false) : forward_plain(x, finish);
}

at::Tensor ConvWeights::forward_enlarged(const at::Tensor& x) const {
  return packed_ ? forward_packed(x, {}, /*is_enlarged=*/true) : forward_plain(upsample_nearest_2x(x), {});
}

at::Tensor ConvWeights::forward_plain(const at::Tensor& x, const ConvFinish& finish) const {
  at::Tensor y = ops::conv2d(x, supply_ ? supply_() : weight_, bias_, options_);
  if (finish.shift.defined()) y = y + finish.shift.unsqueeze(-1).unsqueeze(-1);
  if (finish.residual.defined()) y = finish.residual + y;
  return finish.is_rectified ? at::relu(y) : y;
}

at::Tensor ConvWeights::forward_packed(const at::Tensor& x, const ConvFinish& finish, bool is_enlarged) const {
  const cpu::ConvolutionShape& shape = packed_->shape();
  const int64_t scale = is_enlarged ? 2 : 1;
  const int64_t height = cpu::convolved_length(scale * x.size(2), shape);
  const int64_t width = cpu::convolved_length(scale * x.size(3), shape);
  const bool wraps = shape.padding > 0 && SeamlessConvolutions::are_on();
  const bool fits = height > 0 && width > 0 && (!wraps || std::min(x.size(2), x.size(3)) >= shape.padding);
  if (x.size(1) != shape.in || !fits) {
    fail(ErrorCode::kInvalidArgument, "a {0}x{0} convolution got {1} channels of {2}x{3} pixels, expected {4} channels",
         shape.kernel, x.size(1), x.size(3), x.size(2), shape.in);
  }
  const at::Tensor input = as_packed_input(x, packed_->matrix().format()).contiguous(at::MemoryFormat::ChannelsLast);
  at::Tensor out = at::empty({x.size(0), shape.out, height, width}, input.options(), at::MemoryFormat::ChannelsLast);
  const at::Tensor shift =
      finish.shift.defined() ? finish.shift.to(at::kFloat).expand({x.size(0), shape.out}).contiguous() : at::Tensor();
  const at::Tensor residual =
      finish.residual.defined()
          ? finish.residual.to(input.scalar_type()).expand(out.sizes()).contiguous(at::MemoryFormat::ChannelsLast)
          : at::Tensor();
  if (out.numel() > 0) {
    cpu::convolve({.data = input.data_ptr(),
                   .count = x.size(0),
                   .height = x.size(2),
                   .width = x.size(3),
                   .is_enlarged = is_enlarged},
                  *packed_, wraps ? cpu::Edge::kWrap : cpu::Edge::kZero,
                  {.bias = panel_bias_.data(),
                   .shift = shift.defined() ? shift.data_ptr<float>() : nullptr,
                   .residual = residual.defined() ? residual.data_ptr() : nullptr,
                   .is_rectified = finish.is_rectified},
                  out.data_ptr());
  }
  return out.to(x.scalar_type());
}

}  // namespace fude::ops
