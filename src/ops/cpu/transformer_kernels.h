#pragma once

#include <cstdint>

#include "ops/cpu/row_kernels.h"

namespace fude::ops::cpu {

/// What training needs of the kernels along rows (row_kernels.h): gradients, of bfloat16 numbers kept as their 16 bits.

void geglu_backward(const GegluRows& shape, const std::uint16_t* input, const std::uint16_t* output_gradient,
                    std::uint16_t* input_gradient);

/// weight_gradient and bias_gradient ([width] each) are added to.
void layer_norm_backward(const LayerNormRows& shape, const std::uint16_t* input, const std::uint16_t* output_gradient,
                         std::uint16_t* input_gradient, float* weight_gradient, float* bias_gradient);

}  // namespace fude::ops::cpu
