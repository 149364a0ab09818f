#include "ops/cpu/group_norm.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

namespace fude::ops::cpu {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Statistics {
  at::Tensor mean;         ///< [B, groups], float
  at::Tensor inverse_std;  ///< [B, groups], float
};

at::Tensor channels_last(const at::Tensor& x) { return x.contiguous(at::MemoryFormat::ChannelsLast); }

/// How many parts each picture's channels are cut into, so that few pictures still keep every thread busy.
/// A part keeps whole groups and at least 32 channels, one cache line of bfloat16.
std::int64_t parts_per_picture(const at::Tensor& x, std::int64_t groups) {
  std::int64_t parts = 1;
  while (x.size(0) * parts < at::get_num_threads() && groups % (2 * parts) == 0 && x.size(1) / (2 * parts) >= 32)
    parts *= 2;
  return parts;
}

/// Calls body(slice, offset of its first element, offset into per-picture channel rows) for every part, in parallel.
template <typename Body>
void for_each_slice(const at::Tensor& x, const GroupNormOptions& options, const Statistics& statistics,
                    const at::Tensor& weight, const at::Tensor& bias, const Body& body) {
  const std::int64_t channels = x.size(1), pixels = x.size(2) * x.size(3);
  const std::int64_t parts = parts_per_picture(x, options.groups);
  const std::int64_t width = channels / parts, groups = options.groups / parts;
  const float* weights = weight.data_ptr<float>();
  const float* biases = bias.data_ptr<float>();
  float* means = statistics.mean.data_ptr<float>();
  float* inverse_stds = statistics.inverse_std.data_ptr<float>();
  at::parallel_for(0, x.size(0) * parts, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t picture = i / parts, part = i % parts;
      body(GroupNormSlice{.pixels = pixels,
                          .stride = channels,
                          .channels = width,
                          .group_width = channels / options.groups,
                          .epsilon = options.epsilon,
                          .activation = options.activation,
                          .weight = weights + part * width,
                          .bias = biases + part * width,
                          .mean = means + picture * options.groups + part * groups,
                          .inverse_std = inverse_stds + picture * options.groups + part * groups},
           picture * pixels * channels + part * width, picture * channels + part * width);
    }
  });
}

template <typename T>
T* elements(const at::Tensor& t) {
  return static_cast<T*>(t.data_ptr());
}

/// Runs `typed(T{})` with the C++ type that the kernels use for x's numbers.
template <typename Typed>
void for_type_of(const at::Tensor& x, const Typed& typed) {
  if (x.scalar_type() == at::kFloat)
    typed(float{});
  else
    typed(std::uint16_t{});
}

at::Tensor forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                   const GroupNormOptions& options, const Statistics& statistics) {
  at::Tensor y = at::empty_like(x);
  for_type_of(x, [&](auto zero) {
    using T = decltype(zero);
    for_each_slice(x, options, statistics, weight, bias,
                   [&](const GroupNormSlice& slice, std::int64_t offset, std::int64_t) {
                     group_norm_forward(slice, elements<T>(x) + offset, elements<T>(y) + offset);
                   });
  });
  return y;
}

Statistics empty_statistics(const at::Tensor& x, const GroupNormOptions& options) {
  const auto type = x.options().dtype(at::kFloat);
  return {at::empty({x.size(0), options.groups}, type), at::empty({x.size(0), options.groups}, type)};
}

/// Keeps x and the statistics; everything else is computed again in backward, which costs less than storing it.
struct GroupNormFunction : torch::autograd::Function<GroupNormFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& bias, const GroupNormOptions& options) {
    const Statistics statistics = empty_statistics(x, options);
    at::Tensor y = cpu::forward(x, weight, bias, options, statistics);
    context->save_for_backward({x, weight, bias, statistics.mean, statistics.inverse_std});
    context->saved_data["groups"] = options.groups;
    context->saved_data["silu"] = options.activation == Activation::kSilu;
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &weight = saved[1], &bias = saved[2];
    const GroupNormOptions options{
        .groups = context->saved_data["groups"].toInt(),
        .activation = context->saved_data["silu"].toBool() ? Activation::kSilu : Activation::kNone};
    const at::Tensor dy = channels_last(gradients[0]);
    at::Tensor dx = at::empty_like(x);
    at::Tensor dweight = at::empty({x.size(0), x.size(1)}, weight.options());
    at::Tensor dbias = at::empty_like(dweight);
    for_type_of(x, [&](auto zero) {
      using T = decltype(zero);
      for_each_slice(x, options, {saved[3], saved[4]}, weight, bias,
                     [&](const GroupNormSlice& slice, std::int64_t offset, std::int64_t row) {
                       group_norm_backward(slice, elements<T>(x) + offset, elements<T>(dy) + offset,
                                           elements<T>(dx) + offset, dweight.data_ptr<float>() + row,
                                           dbias.data_ptr<float>() + row);
                     });
    });
    return {dx, dweight.sum(0), dbias.sum(0), at::Tensor()};
  }
};

}  // namespace

bool can_group_norm(const at::Tensor& x) {
  return x.device().is_cpu() && x.dim() == 4 && x.numel() > 0 &&
         (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
}

at::Tensor group_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                      const GroupNormOptions& options) {
  const at::Tensor input = channels_last(x);
  const at::Tensor w = weight.to(at::kFloat).contiguous(), b = bias.to(at::kFloat).contiguous();
  const bool needs_gradient =
      at::GradMode::is_enabled() && (x.requires_grad() || weight.requires_grad() || bias.requires_grad());
  if (needs_gradient) return GroupNormFunction::apply(input, w, b, options);
  return forward(input, w, b, options, empty_statistics(input, options));
}

}  // namespace fude::ops::cpu
