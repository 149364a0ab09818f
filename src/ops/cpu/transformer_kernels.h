#pragma once

#include <cstdint>

namespace fude::ops::cpu {

/// Loops over bfloat16 numbers, kept as their 16 bits, for the parts of a transformer block that are not matrix
/// products.

/// Rows of 2 * width numbers, halves a and g -> rows of `width`: a * gelu(g), with the erf form of GELU (error below
/// 1e-6).
struct GegluRows {
  std::int64_t rows = 0;
  std::int64_t width = 0;  // of the output
};
void geglu_forward(const GegluRows& shape, const std::uint16_t* input, std::uint16_t* output);
void geglu_backward(const GegluRows& shape, const std::uint16_t* input, const std::uint16_t* output_gradient,
                    std::uint16_t* input_gradient);

/// Layer normalisation of rows of `width` numbers, each on its own.
struct LayerNormRows {
  std::int64_t rows = 0;
  std::int64_t width = 0;
  double epsilon = 0;
  const float* weight = nullptr;  ///< [width]
  const float* bias = nullptr;    ///< [width]
  float* mean = nullptr;          ///< [rows], written by forward, read by backward
  float* inverse_std = nullptr;   ///< [rows], likewise
};
void layer_norm_forward(const LayerNormRows& shape, const std::uint16_t* input, std::uint16_t* output);
/// weight_gradient and bias_gradient ([width] each) are added to.
void layer_norm_backward(const LayerNormRows& shape, const std::uint16_t* input, const std::uint16_t* output_gradient,
                         std::uint16_t* input_gradient, float* weight_gradient, float* bias_gradient);

}  // namespace fude::ops::cpu
