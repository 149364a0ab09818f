#include "ops/cpu/group_norm.h"

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <vector>

#include "ops/cpu/round_up.h"
#include "ops/cpu/share_out.h"

namespace fude::ops::cpu {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Statistics {
  at::Tensor mean;         ///< [B, groups], float
  at::Tensor inverse_std;  ///< [B, groups], float
};

at::Tensor channels_last(const at::Tensor& x) { return x.contiguous(at::MemoryFormat::ChannelsLast); }

/// How the pixels of each picture are cut into blocks. By shape alone: then sums are the same however many threads or
/// pictures there are.
struct Blocks {
  std::int64_t channels, pixels, pixels_at_once, per_picture, count;

  explicit Blocks(const at::Tensor& x)
      : channels(x.size(1)),
        pixels(x.size(2) * x.size(3)),
        pixels_at_once(std::clamp<std::int64_t>(kElementsAtOnce / channels, 1, kGroupNormMaxPixels)),
        per_picture(divide_up(pixels, pixels_at_once)),
        count(x.size(0) * per_picture) {}

  std::int64_t picture(std::int64_t block) const { return block / per_picture; }
  std::int64_t first_pixel(std::int64_t block) const { return block % per_picture * pixels_at_once; }
  GroupNormPixels shape(std::int64_t block) const {
    return {.pixels = std::min(pixels_at_once, pixels - first_pixel(block)), .channels = channels, .stride = channels};
  }
  std::int64_t offset(std::int64_t block) const { return (picture(block) * pixels + first_pixel(block)) * channels; }
};

template <typename T, typename Share>
void sum_blocks(const at::Tensor& x, const Blocks& blocks, float* sums, const Share& share) {
  share(blocks.count, [&](std::int64_t block) {
    const std::int64_t picture_start = blocks.picture(block) * blocks.pixels * blocks.channels;
    float* sum = sums + block * 2 * blocks.channels;
    group_norm_sums(blocks.shape(block), elements<T>(x) + blocks.offset(block), elements<T>(x) + picture_start, sum,
                    sum + blocks.channels);
  });
}

/// The affine map of every picture's channels.
struct Affine {
  at::Tensor scale, shift;  ///< [B, C], float
};

// Few groups at a time: enough pieces for every thread even when there is one picture.
constexpr std::int64_t kGroupsAtOnce = 8;

template <typename Share>
void finish_statistics(const at::Tensor& origin, const Blocks& blocks, const at::Tensor& sums, const at::Tensor& weight,
                       const at::Tensor& bias, const GroupNormOptions& options, const Statistics& statistics,
                       const Affine& affine, const Share& share) {
  const std::int64_t width = blocks.channels / options.groups;
  const std::int64_t slices = (options.groups + kGroupsAtOnce - 1) / kGroupsAtOnce;
  share(origin.size(0) * slices, [&](std::int64_t piece) {
    const std::int64_t picture = piece / slices, group = piece % slices * kGroupsAtOnce;
    const std::int64_t groups = std::min(kGroupsAtOnce, options.groups - group);
    const std::int64_t channel = group * width, channels = groups * width;
    const std::int64_t row = picture * blocks.channels + channel;
    std::vector<double> totals(static_cast<std::size_t>(2 * channels));
    const float* first = sums.data_ptr<float>() + picture * blocks.per_picture * 2 * blocks.channels + channel;
    const std::int64_t stride = 2 * blocks.channels;
    group_norm_totals(channels, blocks.per_picture, stride, first, totals.data());
    group_norm_totals(channels, blocks.per_picture, stride, first + blocks.channels, totals.data() + channels);
    group_norm_affine({.pixels = blocks.pixels,
                       .groups = groups,
                       .group_width = width,
                       .epsilon = options.epsilon,
                       .sums = totals.data(),
                       .squares = totals.data() + channels,
                       .origin = origin.data_ptr<float>() + row,
                       .weight = weight.data_ptr<float>() + channel,
                       .bias = bias.data_ptr<float>() + channel,
                       .mean = statistics.mean.data_ptr<float>() + picture * options.groups + group,
                       .inverse_std = statistics.inverse_std.data_ptr<float>() + picture * options.groups + group,
                       .scale = affine.scale.data_ptr<float>() + row,
                       .shift = affine.shift.data_ptr<float>() + row});
  });
}

template <typename Share>
at::Tensor apply_affine(const at::Tensor& x, const Blocks& blocks, const Affine& affine, Activation activation,
                        const Share& share) {
  at::Tensor y = at::empty_like(x);
  for_type_of(x, [&](auto zero) {
    using T = decltype(zero);
    share(blocks.count, [&](std::int64_t block) {
      const std::int64_t row = blocks.picture(block) * blocks.channels;
      const GroupNormPixels shape = blocks.shape(block);
      row_kernels<T>().affine({.rows = shape.pixels,
                               .width = shape.channels,
                               .input_stride = shape.channels,
                               .output_stride = shape.channels,
                               .activation = activation,
                               .scale = affine.scale.template data_ptr<float>() + row,
                               .shift = affine.shift.template data_ptr<float>() + row},
                              elements<T>(x) + blocks.offset(block), elements<T>(y) + blocks.offset(block));
    });
  });
  return y;
}

/// share(count, task) runs task(i) for i in [0, count), in parallel.
template <typename Share>
at::Tensor forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                   const GroupNormOptions& options, const Statistics& statistics, const Share& share) {
  const Blocks blocks(x);
  const auto type = x.options().dtype(at::kFloat);
  const at::Tensor sums = at::empty({blocks.count, 2, blocks.channels}, type);
  const Affine affine{at::empty({x.size(0), blocks.channels}, type), at::empty({x.size(0), blocks.channels}, type)};
  const at::Tensor origin = x.select(3, 0).select(2, 0).to(at::kFloat).contiguous();
  for_type_of(x, [&](auto zero) { sum_blocks<decltype(zero)>(x, blocks, sums.data_ptr<float>(), share); });
  finish_statistics(origin, blocks, sums, weight, bias, options, statistics, affine, share);
  return apply_affine(x, blocks, affine, options.activation, share);
}

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
  share_out_in_training(x.size(0) * parts, [&](std::int64_t i) {
    const std::int64_t picture = i / parts, part = i % parts;
    const std::int64_t first_group = picture * options.groups + part * groups;
    body(GroupNormSlice{.pixels = pixels,
                        .stride = channels,
                        .channels = width,
                        .group_width = channels / options.groups,
                        .activation = options.activation,
                        .weight = weight.data_ptr<float>() + part * width,
                        .bias = bias.data_ptr<float>() + part * width,
                        .mean = statistics.mean.data_ptr<float>() + first_group,
                        .inverse_std = statistics.inverse_std.data_ptr<float>() + first_group},
         picture * pixels * channels + part * width, picture * channels + part * width);
  });
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
    at::Tensor y = cpu::forward(x, weight, bias, options, statistics, share_out_in_training);
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
  if (needs_gradient({input, w, b})) return GroupNormFunction::apply(input, w, b, options);
  return forward(input, w, b, options, empty_statistics(input, options), share_out);
}

ChannelMoments channel_moments(const at::Tensor& x) {
  const at::Tensor input = channels_last(x);
  const Blocks blocks(input);
  const at::Tensor sums = at::empty({blocks.count, 2, blocks.channels}, input.options().dtype(at::kFloat));
  for_type_of(input, [&](auto zero) { sum_blocks<decltype(zero)>(input, blocks, sums.data_ptr<float>(), share_out); });
  const at::Tensor totals = at::empty({2, blocks.channels}, sums.options().dtype(at::kDouble));
  group_norm_totals(2 * blocks.channels, blocks.count, 2 * blocks.channels, sums.data_ptr<float>(),
                    totals.data_ptr<double>());
  const at::Tensor offset = totals[0] / blocks.pixels;
  const at::Tensor variance = (totals[1] / blocks.pixels - offset * offset).clamp_min(0);
  return {input.select(3, 0).select(2, 0)[0].to(at::kDouble) + offset, variance};
}

at::Tensor affine_silu(const at::Tensor& x, const at::Tensor& scale, const at::Tensor& shift) {
  const at::Tensor input = channels_last(x);
  const auto for_each_picture = [&](const at::Tensor& factors) {
    return factors.expand({x.size(0), x.size(1)}).contiguous();
  };
  return apply_affine(input, Blocks(input), {for_each_picture(scale), for_each_picture(shift)}, Activation::kSilu,
                      share_out);
}

}  // namespace fude::ops::cpu
