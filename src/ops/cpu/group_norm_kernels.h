#pragma once

#include <cstdint>

#include "ops/cpu/row_kernels.h"

namespace fude::ops::cpu {

/// Numbers are float or bfloat16, kept as its 16 bits, in channels-last memory.

/// Some pixels of one picture: pixel p, channel c lies at [p * stride + c].
struct GroupNormPixels {
  std::int64_t pixels = 0;
  std::int64_t channels = 0;
  std::int64_t stride = 0;  ///< of the input, in elements
};

/// Pixels summed in float; more than these go to several calls, whose sums are added as doubles.
inline constexpr std::int64_t kGroupNormMaxPixels = 256;

/// For every channel: sum = sum of (input - origin), squares = sum of its squares. `origin` is some pixel of the same
/// picture, [channels]: relative to it a large mean costs no precision. pixels <= kGroupNormMaxPixels.
void group_norm_sums(const GroupNormPixels& shape, const float* input, const float* origin, float* sum, float* squares);
void group_norm_sums(const GroupNormPixels& shape, const std::uint16_t* input, const std::uint16_t* origin, float* sum,
                     float* squares);

/// totals[i] = sum of sums[block * stride + i] over the blocks, in their order.
void group_norm_totals(std::int64_t count, std::int64_t blocks, std::int64_t stride, const float* sums, double* totals);

/// Some groups of one picture, from its sums to the affine map of each channel. [channels]: those of the groups.
struct GroupNormStatistics {
  std::int64_t pixels = 0;  ///< of the picture, H * W
  std::int64_t groups = 0;
  std::int64_t group_width = 0;
  double epsilon = 0;
  const double* sums = nullptr;     ///< [channels]
  const double* squares = nullptr;  ///< [channels]
  const float* origin = nullptr;    ///< [channels]
  const float* weight = nullptr;    ///< [channels]
  const float* bias = nullptr;      ///< [channels]
  float* mean = nullptr;            ///< [groups], written
  float* inverse_std = nullptr;     ///< [groups], written
  float* scale = nullptr;           ///< [channels], written
  float* shift = nullptr;           ///< [channels], written
};

/// weight * (x - mean) / sqrt(variance + epsilon) + bias as scale * x + shift, which is for RowKernels::affine.
void group_norm_affine(const GroupNormStatistics& statistics);

/// One picture's GroupNorm over a slice of its channels: pixel p, channel c lies at [p * stride + c]. All sums are
/// carried in float blocks and doubles.
struct GroupNormSlice {
  std::int64_t pixels = 0;    ///< H * W
  std::int64_t stride = 0;    ///< C of the whole tensor, in elements
  std::int64_t channels = 0;  ///< channels of this slice, a multiple of group_width
  std::int64_t group_width = 0;
  Activation activation = Activation::kNone;
  const float* weight = nullptr;       ///< [channels]
  const float* bias = nullptr;         ///< [channels]
  const float* mean = nullptr;         ///< [channels / group_width]
  const float* inverse_std = nullptr;  ///< [channels / group_width]
};

/// Gradients of the same: of the input (like input), and of weight and bias for this one picture ([channels] each,
/// overwritten).
void group_norm_backward(const GroupNormSlice& slice, const float* input, const float* output_gradient,
                         float* input_gradient, float* weight_gradient, float* bias_gradient);
void group_norm_backward(const GroupNormSlice& slice, const std::uint16_t* input, const std::uint16_t* output_gradient,
                         std::uint16_t* input_gradient, float* weight_gradient, float* bias_gradient);

}  // namespace fude::ops::cpu
