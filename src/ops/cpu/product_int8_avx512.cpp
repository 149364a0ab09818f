#include <immintrin.h>

#include "ops/cpu/product_int8.h"
#include "ops/cpu/product_loops.h"
#include "ops/cpu/vectors_avx512.h"

namespace fude::ops::cpu {
namespace {

using Finish = Loops<WidenedProducts<Avx512Vectors, 12>>;
static_assert(Finish::kColumns == kInt8Columns);

__mmask32 mask_of(std::int64_t left, int most) { return left >= most ? ~__mmask32{0} : (__mmask32{1} << left) - 1; }

/// The bits of the largest magnitude of a row: those of a NaN are above those of an infinity, and these above all
/// numbers'.
std::uint32_t largest_bits(const RowInEightBits& row) {
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

}  // namespace

void avx512_quantise(const RowInEightBits& row) {
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

void avx512_finish_int8(const ProductTile& tile, const std::int32_t* sums) {
  constexpr int kLanes = Finish::kLanes;
  const char* behind = static_cast<const char*>(tile.panel) + tile.depth * kInt8Columns;
  alignas(64) float scaled[kMostInt8Rows * kInt8Columns];
  for (int half = 0; half < kInt8Columns; half += kLanes) {
    const __m512 scales = _mm512_loadu_ps(behind + half * 4);
    const __m512i corrections = _mm512_loadu_si512(behind + (kInt8Columns + half) * 4);
#pragma GCC unroll 1
    for (int row = 0; row < tile.rows; ++row) {
      const __m512i whole = _mm512_add_epi32(_mm512_load_si512(sums + row * kInt8Columns + half), corrections);
      const __m512 scale = _mm512_mul_ps(scales, _mm512_set1_ps(tile.row_scales[row]));
      _mm512_store_ps(scaled + row * kInt8Columns + half, _mm512_mul_ps(_mm512_cvtepi32_ps(whole), scale));
    }
  }
  Finish::finish(tile, scaled);
}

}  // namespace fude::ops::cpu
