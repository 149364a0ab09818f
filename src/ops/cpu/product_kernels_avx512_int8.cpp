#include <immintrin.h>

#include "ops/cpu/product_loops.h"
#include "ops/cpu/vectors_avx512.h"

namespace fude::ops::cpu {
namespace {

/// Products of rows of unsigned bytes by signed ones, four at once (vpdpbusd), summed in whole numbers: exactly.
struct Int8Products {
  using Finish = Loops<WidenedProducts<Avx512Vectors, 12>>;
  static constexpr int kLanes = 16, kColumns = 32, kRows = 12, kGroup = 4;
  static constexpr int kStepBytes = kColumns * kGroup;

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
    // The sums have to be in memory here: without this the compiler keeps them in registers that the loop above wants.
    asm volatile("" : : "r"(sums) : "memory");
    const char* behind = static_cast<const char*>(tile.panel) + tile.depth * kColumns;
    alignas(64) float scaled[kRows * kColumns];
    for (int half = 0; half < kColumns; half += kLanes) {
      const __m512 scales = _mm512_loadu_ps(behind + half * 4);
      const __m512i corrections = _mm512_loadu_si512(behind + (kColumns + half) * 4);
#pragma GCC unroll 1
      for (int row = 0; row < kRows; ++row) {
        const __m512i whole = _mm512_add_epi32(_mm512_load_si512(sums + row * kColumns + half), corrections);
        const __m512 scale = _mm512_mul_ps(scales, _mm512_set1_ps(tile.row_scales[row]));
        _mm512_store_ps(scaled + row * kColumns + half, _mm512_mul_ps(_mm512_cvtepi32_ps(whole), scale));
      }
    }
    Finish::finish(tile, scaled);
  }

  template <int kRows>
  static void product_up_to(const ProductTile& tile) {
    if (tile.rows == kRows) return product_of<kRows>(tile);
    if constexpr (kRows > 1) product_up_to<kRows - 1>(tile);
  }

  static void product(const ProductTile& tile) {
    Finish::in_blocks(tile, kRows, [](const ProductTile& block) { product_up_to<kRows>(block); });
  }

  /// The bits of the largest magnitude of a row: those of a NaN are above those of an infinity, and these above all
  /// numbers'.
  static std::uint32_t largest_bits(const RowInEightBits& row) {
    const __m512i magnitude = _mm512_set1_epi16(0x7fff);
    __m512i largest = _mm512_setzero_si512();
    for (std::int64_t k = 0; k < row.depth; k += 32) {
      const __m512i numbers = _mm512_maskz_loadu_epi16(mask_of(row.depth - k, 32), row.row + k);
      largest = _mm512_max_epu16(largest, _mm512_and_si512(magnitude, numbers));
    }
    const __m512i low = _mm512_and_si512(largest, _mm512_set1_epi32(0xffff));
    const std::uint32_t even = _mm512_reduce_max_epu32(low);
    const std::uint32_t odd = _mm512_reduce_max_epu32(_mm512_srli_epi32(largest, 16));
    return (even > odd ? even : odd) << 16;
  }

  static __mmask32 mask_of(std::int64_t left, int most) {
    return left >= most ? ~__mmask32{0} : (__mmask32{1} << left) - 1;
  }

  static void quantise(const RowInEightBits& row) {
    const std::uint32_t bits = largest_bits(row);
    float largest;
    __builtin_memcpy(&largest, &bits, sizeof largest);
    constexpr float kSmallest = 0x1p-100F;  // so that its inverse is a number; a NaN is not below it
    if (largest < kSmallest) largest = kSmallest;
    // Of a row with an infinity nothing is known.
    *row.scale = bits == 0x7f800000U ? __builtin_nanf("") : largest / 127.0F;
    const __m512 inverse = _mm512_set1_ps(127.0F / largest);
    for (std::int64_t k = 0; k < row.depth; k += 16) {
      const auto mask = static_cast<__mmask16>(mask_of(row.depth - k, 16));
      const __m512i wide = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, row.row + k));
      const __m512 numbers = _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
      const __m512i whole = _mm512_cvtps_epi32(_mm512_mul_ps(numbers, inverse));
      _mm512_mask_cvtepi32_storeu_epi8(row.out + k, mask, _mm512_add_epi32(whole, _mm512_set1_epi32(128)));
    }
  }
};

constexpr ProductKernels kKernels = {.rows = Int8Products::kRows,
                                     .columns = Int8Products::kColumns,
                                     .group = Int8Products::kGroup,
                                     .together = Int8Products::kColumns,
                                     .product = Int8Products::product,
                                     .quantise = Int8Products::quantise};

}  // namespace

const ProductKernels& avx512_int8_product_kernels() { return kKernels; }

}  // namespace fude::ops::cpu
