#pragma once

#include <cstdint>

#include "ops/cpu/product_kernels.h"

/// What products of whole numbers in 8 bits have in common, whichever instructions sum them: their sums are exact, so
/// that all of them give the same bytes. For processors with AVX-512.
namespace fude::ops::cpu {

inline constexpr int kInt8Columns = 32;   ///< of a panel
inline constexpr int kMostInt8Rows = 32;  ///< of a block

/// ProductKernels::quantise.
void avx512_quantise(const RowInEightBits& row);

/// Scales the sums of a block's rows and stores them as ProductKernels::product does. tile.rows <= kMostInt8Rows;
/// sums [rows][kInt8Columns], aligned to 64 bytes: over the depth, stored number (0 to 255) times weight.
void avx512_finish_int8(const ProductTile& tile, const std::int32_t* sums);

}  // namespace fude::ops::cpu
