#include "ops/cpu/transformer_ops.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include "ops/cpu/transformer_kernels.h"

namespace fude::ops::cpu {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kRowsAtOnce = 256;  // for one thread

std::uint16_t* elements(const at::Tensor& t) { return static_cast<std::uint16_t*>(t.data_ptr()); }

at::Tensor run_geglu(const at::Tensor& x) {
  std::vector<std::int64_t> sizes = x.sizes().vec();
  sizes.back() /= 2;
  const std::int64_t width = sizes.back();
  at::Tensor y = at::empty(sizes, x.options());
  at::parallel_for(0, y.numel() / width, kRowsAtOnce, [&](std::int64_t begin, std::int64_t end) {
    geglu_forward({.rows = end - begin, .width = width}, elements(x) + begin * 2 * width, elements(y) + begin * width);
  });
  return y;
}

struct GegluFunction : torch::autograd::Function<GegluFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x) {
    context->save_for_backward({x});
    return run_geglu(x);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::Tensor x = context->get_saved_variables()[0];
    const at::Tensor dy = gradients[0].contiguous();
    const std::int64_t width = dy.size(-1);
    at::Tensor dx = at::empty_like(x);
    at::parallel_for(0, dy.numel() / width, kRowsAtOnce, [&](std::int64_t begin, std::int64_t end) {
      geglu_backward({.rows = end - begin, .width = width}, elements(x) + begin * 2 * width,
                     elements(dy) + begin * width, elements(dx) + begin * 2 * width);
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

at::Tensor run_layer_norm(const LayerNormInputs& in) {
  at::Tensor y = at::empty_like(in.x);
  const std::int64_t width = in.x.size(-1);
  at::parallel_for(0, in.row_count(), kRowsAtOnce, [&](std::int64_t begin, std::int64_t end) {
    layer_norm_forward(in.rows(begin, end), elements(in.x) + begin * width, elements(y) + begin * width);
  });
  return y;
}

struct LayerNormFunction : torch::autograd::Function<LayerNormFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& bias, double epsilon) {
    const LayerNormInputs in = layer_norm_inputs(x, weight, bias, epsilon);
    context->save_for_backward({x, weight, bias, in.mean, in.inverse_std});
    return run_layer_norm(in);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const LayerNormInputs in{saved[0], saved[1], saved[2], saved[3], saved[4], 0};
    const at::Tensor dy = gradients[0].contiguous();
    at::Tensor dx = at::empty_like(in.x);
    // Sums over rows run in one thread: training splits its batch over threads already.
    at::Tensor dweight = at::zeros_like(in.weight), dbias = at::zeros_like(in.weight);
    layer_norm_backward(in.rows(0, in.row_count()), elements(in.x), elements(dy), elements(dx),
                        dweight.data_ptr<float>(), dbias.data_ptr<float>());
    return {dx, dweight, dbias, at::Tensor()};
  }
};

bool needs_gradient(std::initializer_list<at::Tensor> inputs) {
  if (!at::GradMode::is_enabled()) return false;
  for (const at::Tensor& t : inputs)
    if (t.requires_grad()) return true;
  return false;
}

}  // namespace

bool can_fuse_transformer_op(const at::Tensor& x) {
  return x.device().is_cpu() && x.scalar_type() == at::kBFloat16 && x.dim() >= 1 && x.numel() > 0;
}

at::Tensor geglu(const at::Tensor& x) {
  const at::Tensor input = x.contiguous();
  return needs_gradient({input}) ? GegluFunction::apply(input) : run_geglu(input);
}

at::Tensor layer_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon) {
  const at::Tensor input = x.contiguous();
  const at::Tensor w = weight.to(at::kFloat).contiguous(), b = bias.to(at::kFloat).contiguous();
  if (needs_gradient({input, w, b})) return LayerNormFunction::apply(input, w, b, epsilon);
  return run_layer_norm(layer_norm_inputs(input, w, b, epsilon));
}

}  // namespace fude::ops::cpu
