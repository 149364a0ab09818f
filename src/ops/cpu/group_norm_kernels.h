#pragma once

#include <cstdint>

namespace fude::ops::cpu {

/// What follows the normalisation in the same pass over memory.
enum class Activation { kNone, kSilu };

/// One picture's GroupNorm over a slice of its channels, in channels-last memory: pixel p, channel c lies at [p *
/// stride + c]. Numbers are float or bfloat16 (kept as its 16 bits); all sums are carried in float blocks and doubles.
struct GroupNormSlice {
  std::int64_t pixels = 0;    ///< H * W
  std::int64_t stride = 0;    ///< C of the whole tensor, in elements
  std::int64_t channels = 0;  ///< channels of this slice, a multiple of group_width
  std::int64_t group_width = 0;
  double epsilon = 0;
  Activation activation = Activation::kNone;
  const float* weight = nullptr;  ///< [channels]
  const float* bias = nullptr;    ///< [channels]
  float* mean = nullptr;          ///< [channels / group_width], written by forward, read by backward
  float* inverse_std = nullptr;   ///< [channels / group_width], likewise
};

/// output = activation(weight * (input - mean) / sqrt(variance + epsilon) + bias). `output` may be `input`.
void group_norm_forward(const GroupNormSlice& slice, const float* input, float* output);
void group_norm_forward(const GroupNormSlice& slice, const std::uint16_t* input, std::uint16_t* output);

/// Gradients of the same: of the input (like input), and of weight and bias for this one picture ([channels] each,
/// overwritten).
void group_norm_backward(const GroupNormSlice& slice, const float* input, const float* output_gradient,
                         float* input_gradient, float* weight_gradient, float* bias_gradient);
void group_norm_backward(const GroupNormSlice& slice, const std::uint16_t* input, const std::uint16_t* output_gradient,
                         std::uint16_t* input_gradient, float* weight_gradient, float* bias_gradient);

}  // namespace fude::ops::cpu
