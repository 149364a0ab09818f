#include <immintrin.h>

#include "ops/cpu/product_int8.h"
#include "ops/cpu/product_loops.h"

namespace fude::ops::cpu {
namespace {

/// Products of rows of unsigned bytes by signed ones, four at once (vpdpbusd), summed in whole numbers: exactly.
struct Int8Products {
  static constexpr int kLanes = 16, kColumns = kInt8Columns, kRows = 12, kGroup = 4;
  static constexpr int kStepBytes = kColumns * kGroup;
  static_assert(kRows <= kMostInt8Rows);

  /// The sums of a block's rows: `sums` is [rows][kColumns].
  template <int kRows>
  static void sum(const ProductTile& tile, std::int32_t* sums) {
    // As Loops::product_of(): few registers for addresses.
    constexpr int kThrees = (kRows + 2) / 3;
    const std::int64_t stride = tile.a_stride;
    const char* threes[kThrees];
    for (int i = 0; i < kThrees; ++i) threes[i] = static_cast<const char*>(tile.a) + 3 * i * stride;
    const char* panel = static_cast<const char*>(tile.panel);
    __m512i left[kRows] = {}, right[kRows] = {};
    for (std::int64_t group = tile.depth / kGroup; group > 0; --group) {
      const __m512i left_weights = _mm512_loadu_si512(panel), right_weights = _mm512_loadu_si512(panel + 64);
      panel += kStepBytes;
#pragma GCC unroll 16
      for (int row = 0; row < kRows; ++row) {
        const __m512i numbers = _mm512_set1_epi32(number_at<int>(threes[row / 3] + (row % 3) * stride));
        left[row] = _mm512_dpbusd_epi32(left[row], numbers, left_weights);
        right[row] = _mm512_dpbusd_epi32(right[row], numbers, right_weights);
      }
      for (int i = 0; i < kThrees; ++i) threes[i] += kGroup;
    }
#pragma GCC unroll 16
    for (int row = 0; row < kRows; ++row) {
      _mm512_storeu_si512(sums + row * kColumns, left[row]);
      _mm512_storeu_si512(sums + row * kColumns + kLanes, right[row]);
    }
  }

  template <int kRows>
  static void product_of(const ProductTile& tile) {
    alignas(64) std::int32_t sums[kRows * kColumns];
    sum<kRows>(tile, sums);
    avx512_finish_int8(tile, sums);
  }

  template <int kRows>
  static void product_up_to(const ProductTile& tile) {
    if (tile.rows == kRows) return product_of<kRows>(tile);
    if constexpr (kRows > 1) product_up_to<kRows - 1>(tile);
  }

  static void product(const ProductTile& tile) {
    in_blocks<std::uint16_t>(tile, kRows, [](const ProductTile& block) { product_up_to<kRows>(block); });
  }
};

constexpr ProductKernels kKernels = {.rows = Int8Products::kRows,
                                     .columns = Int8Products::kColumns,
                                     .group = Int8Products::kGroup,
                                     .together = Int8Products::kColumns,
                                     .product = Int8Products::product,
                                     .quantise = avx512_quantise};

}  // namespace

const ProductKernels& avx512_int8_product_kernels() { return kKernels; }

}  // namespace fude::ops::cpu
