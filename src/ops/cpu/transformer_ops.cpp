#include "ops/cpu/transformer_ops.h"

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <vector>

#include "ops/cpu/round_up.h"
#include "ops/cpu/share_out.h"
#include "ops/cpu/transformer_kernels.h"

namespace fude::ops::cpu {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

std::uint16_t* bits(const at::Tensor& t) { return elements<std::uint16_t>(t); }

/// Rows of `width` numbers for one thread at a time.
std::int64_t rows_at_once(std::int64_t width) { return std::max<std::int64_t>(1, kElementsAtOnce / width); }

/// task(begin, end) over [0, rows), in parallel as `share` does it.
template <typename Share, typename Task>
void for_rows(const Share& share, std::int64_t rows, std::int64_t width, const Task& task) {
  const std::int64_t at_once = rows_at_once(width);
  share(divide_up(rows, at_once),
        [&](std::int64_t piece) { task(piece * at_once, std::min(rows, (piece + 1) * at_once)); });
}

template <typename Share>
at::Tensor run_geglu(const at::Tensor& x, const Share& share) {
  std::vector<std::int64_t> sizes = x.sizes().vec();
  sizes.back() /= 2;
  const std::int64_t width = sizes.back();
  at::Tensor y = at::empty(sizes, x.options());
  for_type_of(x, [&](auto zero) {
    using T = decltype(zero);
    for_rows(share, y.numel() / width, width, [&](std::int64_t begin, std::int64_t end) {
      row_kernels<T>().geglu({.rows = end - begin, .width = width}, elements<T>(x) + begin * 2 * width,
                             elements<T>(y) + begin * width);
    });
  });
  return y;
}

struct GegluFunction : torch::autograd::Function<GegluFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x) {
    context->save_for_backward({x});
    return run_geglu(x, share_out_in_training);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::Tensor x = context->get_saved_variables()[0];
    const at::Tensor dy = gradients[0].contiguous();
    const std::int64_t width = dy.size(-1);
    at::Tensor dx = at::empty_like(x);
    for_rows(share_out_in_training, dy.numel() / width, width, [&](std::int64_t begin, std::int64_t end) {
      geglu_backward({.rows = end - begin, .width = width}, bits(x) + begin * 2 * width, bits(dy) + begin * width,
                     bits(dx) + begin * 2 * width);
    });
    return {dx};
  }
};

struct LayerNormInputs {
  at::Tensor x, weight, bias, mean, inverse_std;
  double epsilon = 0;

  LayerNormRows rows(std::int64_t begin, std::int64_t end) const {
    return {.rows = end - begin,
            .width = x.size(-1),
            .epsilon = epsilon,
            .weight = weight.data_ptr<float>(),
            .bias = bias.data_ptr<float>(),
            .mean = mean.data_ptr<float>() + begin,
            .inverse_std = inverse_std.data_ptr<float>() + begin};
  }
  std::int64_t row_count() const { return x.numel() / x.size(-1); }
};

LayerNormInputs layer_norm_inputs(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                                  double epsilon) {
  const std::int64_t rows = x.numel() / x.size(-1);
  const auto type = x.options().dtype(at::kFloat);
  return {x, weight, bias, at::empty({rows}, type), at::empty({rows}, type), epsilon};
}

template <typename Share>
at::Tensor run_layer_norm(const LayerNormInputs& in, const Share& share) {
  at::Tensor y = at::empty_like(in.x);
  const std::int64_t width = in.x.size(-1);
  for_type_of(in.x, [&](auto zero) {
    using T = decltype(zero);
    for_rows(share, in.row_count(), width, [&](std::int64_t begin, std::int64_t end) {
      row_kernels<T>().layer_norm(in.rows(begin, end), elements<T>(in.x) + begin * width,
                                  elements<T>(y) + begin * width);
    });
  });
  return y;
}

struct LayerNormFunction : torch::autograd::Function<LayerNormFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& bias, double epsilon) {
    const LayerNormInputs in = layer_norm_inputs(x, weight, bias, epsilon);
    context->save_for_backward({x, weight, bias, in.mean, in.inverse_std});
    return run_layer_norm(in, share_out_in_training);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const LayerNormInputs in{saved[0], saved[1], saved[2], saved[3], saved[4], 0};
    const at::Tensor dy = gradients[0].contiguous();
    at::Tensor dx = at::empty_like(in.x);
    // Sums over rows run in one thread: training splits its batch over threads already.
    at::Tensor dweight = at::zeros_like(in.weight), dbias = at::zeros_like(in.weight);
    layer_norm_backward(in.rows(0, in.row_count()), bits(in.x), bits(dy), bits(dx), dweight.data_ptr<float>(),
                        dbias.data_ptr<float>());
    return {dx, dweight, dbias, at::Tensor()};
  }
};

}  // namespace

bool can_fuse_transformer_op(const at::Tensor& x) {
  if (!x.device().is_cpu() || x.dim() < 1 || x.numel() == 0) return false;
  return x.scalar_type() == at::kBFloat16 || (x.scalar_type() == at::kFloat && !needs_gradient({x}));
}

at::Tensor geglu(const at::Tensor& x) {
  const at::Tensor input = x.contiguous();
  return needs_gradient({input}) ? GegluFunction::apply(input) : run_geglu(input, share_out);
}

at::Tensor layer_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon) {
  const at::Tensor input = x.contiguous();
  const at::Tensor w = weight.to(at::kFloat).contiguous(), b = bias.to(at::kFloat).contiguous();
  if (needs_gradient({input, w, b})) return LayerNormFunction::apply(input, w, b, epsilon);
  return run_layer_norm(layer_norm_inputs(input, w, b, epsilon), share_out);
}

bool can_activate(const at::Tensor& x) {
  return x.device().is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16) &&
         x.is_non_overlapping_and_dense() && !needs_gradient({x});
}

at::Tensor activate(Activation activation, const at::Tensor& x) {
  at::Tensor y = at::empty_like(x);
  for_type_of(x, [&](auto zero) {
    using T = decltype(zero);
    parallel_pieces(x.numel(), kElementsAtOnce, [&](std::int64_t begin, std::int64_t end) {
      row_kernels<T>().activate(activation, end - begin, elements<T>(x) + begin, elements<T>(y) + begin);
    });
  });
  return y;
}

}  // namespace fude::ops::cpu
