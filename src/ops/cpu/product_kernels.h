#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/cpu/instruction_set.h"

namespace fude::ops::cpu {

/// What activations and weights are kept in; sums are always float.
enum class Element { kFloat, kBfloat16 };

constexpr std::size_t bytes_of(Element element) { return element == Element::kFloat ? 4 : 2; }

/// What follows a product before it is stored.
enum class ProductActivation {
  kNone,
  kGelu,       ///< x * Phi(x), Phi with an error below 1e-7 (Abramowitz and Stegun 7.1.26)
  kQuickGelu,  ///< x * sigmoid(1.702 x)
  kGeglu,      ///< a panel's first half times the GELU of its second half; half as many columns come out
};

/// One block of a matrix product: out[r][c] = activation(sum over k of a[r][k] * panel[k][c] + bias[c]) +
/// residual[r][c] for some rows and one panel of columns. The sum of one output runs over k in order, whatever the
/// number of rows, so that a row's result does not depend on its neighbours.
struct ProductTile {
  const void* a = nullptr;            ///< rows of elements, depth of them contiguous
  std::int64_t a_stride = 0;          ///< bytes from one row to the next
  const float* row_scales = nullptr;  ///< [rows] of rows in 8 bits (see ProductKernels::quantise), else null
  const void* panel = nullptr;        ///< see PackedMatrix
  std::int64_t depth = 0;             ///< a multiple of the kernels' group
  int rows = 0;                       ///< at least 1
  int columns = 0;                    ///< of the output that exist, 1 to the panel's (half of them after GEGLU)
  const float* bias = nullptr;        ///< [panel columns], or null
  ProductActivation activation = ProductActivation::kNone;
  const void* residual = nullptr;    ///< laid out as out, or null; it may be out itself
  std::int64_t residual_stride = 0;  ///< elements
  bool is_rectified = false;         ///< what is negative after all that becomes zero
  void* out = nullptr;
  std::int64_t out_stride = 0;  ///< elements
  bool out_is_float = false;    ///< whatever the elements are
};

/// Winograd's F(2x2, 3x3) (arXiv:1509.09308, sec. 4.1): 2x2 outputs of a 3x3 convolution from a 4x4 tile of input, by
/// 16 products where the plain way takes 36. In: B^T d B of one tile, channel by channel.
struct WinogradInputTile {
  const void* const* pixels = nullptr;  ///< [16] the 4x4 pixels of the tile, row by row, `channels` elements each
  std::int64_t channels = 0;
  void* out = nullptr;               ///< 16 times `channels` elements
  std::int64_t position_stride = 0;  ///< elements from one of the 16 to the next
};

/// Out: A^T m A of one tile, plus bias, shift and residual.
struct WinogradOutputTile {
  const float* products = nullptr;   ///< 16 times [panel columns]
  std::int64_t position_stride = 0;  ///< floats from one of the 16 to the next
  int columns = 0;
  const float* bias = nullptr;   ///< [panel columns]
  const float* shift = nullptr;  ///< [columns], or null: added to every pixel of the picture
  const void* residual[4] = {};  ///< of the 2x2 pixels, or null
  bool is_rectified = false;     ///< what is negative after all that becomes zero
  void* out[4] = {};             ///< null: beyond the edge
};

/// Some of the sums of a convolution of stride 1, whose rows are pixels and whose taps are the same rows elsewhere:
/// sums[r][c] = sum over t and k of a[r + shift t][k] * panel[t * depth + k][c], or that added to what stands there.
struct ShiftedProduct {
  const void* a = nullptr;
  std::int64_t a_stride = 0;             ///< bytes from one row to the next
  const std::int64_t* shifts = nullptr;  ///< [taps] bytes from a row to the one that takes its place
  int taps = 1;
  const void* panel = nullptr;
  std::int64_t depth = 0;  ///< of one tap, a multiple of the kernels' group
  std::int64_t rows = 0;   ///< at least 1
  bool adds = false;       ///< to the sums
  float* sums = nullptr;   ///< [rows][panel columns], with room for a multiple of ProductKernels::rows
};

/// A row of numbers in 8 bits, for products in whole numbers: number = (stored - 128) * scale, rounded to nearest,
/// where scale is the 127th part of the largest magnitude. A row with a NaN or an infinity has a scale that is none.
struct RowInEightBits {
  const std::uint16_t* row = nullptr;  ///< [depth] bfloat16
  std::int64_t depth = 0;
  std::uint8_t* out = nullptr;  ///< [depth]
  float* scale = nullptr;       ///< one
};

/// The inner loops of one instruction set for one element type. A panel holds its numbers by steps of `group` along the
/// depth; in a step lie blocks of `together` columns; in a block, the step's pairs of bfloat16 (or single floats, or
/// fours of bytes), each for all columns of the block.
struct ProductKernels {
  int rows = 0;                               ///< at once
  int columns = 0;                            ///< of a panel
  int group = 1;                              ///< what the depth is a multiple of
  int together = 0;                           ///< a divisor of `columns`
  std::int64_t cached_row_bytes = 256 << 10;  ///< of rows that wait in the second-level cache for all panels
  void (*product)(const ProductTile& tile) = nullptr;
  // Winograd's way, or null where it does not pay.
  void (*winograd_input)(const WinogradInputTile& tile) = nullptr;
  void (*winograd_output)(const WinogradOutputTile& tile) = nullptr;
  // Convolutions by shifted products, or null. `finish` stores sums [rows][columns] as `product` does with its own.
  void (*shifted_product)(const ShiftedProduct& product) = nullptr;
  void (*finish)(const ProductTile& tile, const float* sums) = nullptr;
  // Where products are of whole numbers in 8 bits, else null: makes such rows, which `product` takes with their scales.
  // Panels then hold weights of one byte (see PackedMatrix), `group` is a multiple of 4 and depth is below 65536.
  void (*quantise)(const RowInEightBits& row) = nullptr;
};

/// Precondition: kAvx2 <= set <= detected_instruction_set().
const ProductKernels& product_kernels(InstructionSet set, Element element);

/// Kernels for bfloat16 rows whose products are of whole numbers in 8 bits. Precondition: multiplies_int8(set).
const ProductKernels& int8_product_kernels(InstructionSet set);

const ProductKernels& avx2_product_kernels(Element element);
const ProductKernels& avx512_product_kernels(Element element);
const ProductKernels& avx512_bf16_product_kernels(Element element);
const ProductKernels& amx_product_kernels(Element element);
const ProductKernels& avx512_int8_product_kernels();
const ProductKernels& amx_int8_product_kernels();

}  // namespace fude::ops::cpu
