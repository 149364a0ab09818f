#pragma once

#include <cstdint>

#include "ops/cpu/instruction_set.h"

namespace fude::ops::cpu {

/// Kernels along rows of numbers that a network does between its matrix products, each a pass over memory. Numbers are
/// float, or bfloat16 kept as its 16 bits; what is computed in between is float. For bfloat16 exponentials are exact to
/// 2^-12, for float to some units in the last place.

enum class Activation {
  kNone,
  kSilu,
  kQuickGelu,  ///< x * sigmoid(1.702 x)
  kGelu,       ///< the erf form
};

/// output = activation(scale * input + shift) over rows that lie `input_stride` and `output_stride` numbers apart.
/// `output` may be `input`.
struct AffineRows {
  std::int64_t rows = 0;
  std::int64_t width = 0;
  std::int64_t input_stride = 0;
  std::int64_t output_stride = 0;
  Activation activation = Activation::kNone;  ///< kNone or kSilu
  const float* scale = nullptr;               ///< [width]
  const float* shift = nullptr;               ///< [width]
};

/// Rows of 2 * width numbers, halves a and g -> rows of `width`: a * gelu(g), with the erf form of GELU.
struct GegluRows {
  std::int64_t rows = 0;
  std::int64_t width = 0;  ///< of the output
};

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

/// The kernels of one instruction set for numbers of type T: float or std::uint16_t.
template <typename T>
struct RowKernels {
  void (*affine)(const AffineRows& shape, const T* input, T* output);
  void (*geglu)(const GegluRows& shape, const T* input, T* output);
  void (*layer_norm)(const LayerNormRows& shape, const T* input, T* output);
  /// `count` numbers; `output` may be `input`.
  void (*activate)(Activation activation, std::int64_t count, const T* input, T* output);
};

/// The kernels of a set that this processor has.
template <typename T>
const RowKernels<T>& row_kernels(InstructionSet set = instruction_set());
template <>
const RowKernels<float>& row_kernels(InstructionSet set);
template <>
const RowKernels<std::uint16_t>& row_kernels(InstructionSet set);

/// One table for each way in which they are compiled.
extern const RowKernels<float> kPortableFloatRows;
extern const RowKernels<std::uint16_t> kPortableBf16Rows;
#if defined(__x86_64__)
extern const RowKernels<float> kAvx2FloatRows, kAvx512FloatRows;
extern const RowKernels<std::uint16_t> kAvx2Bf16Rows, kAvx512Bf16Rows, kAvx512NativeBf16Rows;
#endif

}  // namespace fude::ops::cpu
