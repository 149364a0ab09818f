#pragma once

#include <cstdint>

#include "ops/cpu/vector_avx2.h"

// In an anonymous namespace because every file compiles this for the instruction set of its own.
namespace fude::ops::cpu {
namespace {

/// Vectors of 8 floats; a unit, what one lane multiplies at a time, is one float. Says the same as Avx512.
struct Avx2 {
  using Vector = __m256;
  static constexpr int kLanes = 8;
  static constexpr int kUnitNumbers = 1;
  static constexpr int kRows = 6;  // of sums, by two vectors, that the 16 registers hold with what they are made of

  static Vector zero() { return _mm256_setzero_ps(); }
  static Vector all(float value) { return _mm256_set1_ps(value); }
  static Vector load(const float* from) { return _mm256_loadu_ps(from); }
  static void store(float* to, Vector v) { _mm256_storeu_ps(to, v); }
  static void store_first(float* to, Vector v, std::int64_t count) { write({v}, to, Part(count)); }
  template <typename Number>
  static void put_first(Number* to, Vector v, std::int64_t count) {
    count >= kLanes ? write({v}, to) : write({v}, to, Part(count));
  }
  static Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
  static Vector multiply(Vector a, Vector b) { return _mm256_mul_ps(a, b); }
  static Vector divide(Vector a, Vector b) { return _mm256_div_ps(a, b); }
  static Vector multiply_add(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
  static Vector multiply_subtract(Vector a, Vector b, Vector c) { return _mm256_fmsub_ps(a, b, c); }
  static Vector maximum(Vector a, Vector b) { return _mm256_max_ps(a, b); }
  static Vector first_lanes(Vector value, Vector otherwise, std::int64_t count) {
    return _mm256_blendv_ps(otherwise, value, _mm256_castsi256_ps(Part(count).mask()));
  }
  static bool is_zero(Vector v) { return _mm256_movemask_ps(_mm256_cmp_ps(v, zero(), _CMP_EQ_OQ)) == 0xff; }

  template <typename Number>
  static Vector units_along(const Number* row, std::int64_t numbers) {
    return numbers >= kLanes ? read(row).v : read(row, Part(numbers)).v;
  }

  static Vector unit(const std::uint32_t* from) { return _mm256_broadcast_ss(reinterpret_cast<const float*>(from)); }
  static Vector add_product(Vector sum, Vector units, Vector unit) { return _mm256_fmadd_ps(units, unit, sum); }

  /// 2^x by a series for what is left of x beside its nearest whole number, which is shifted into the exponent;
  /// relative error below 2e-7. Below -126 it gives 0, above 128 infinity.
  static Vector exp2(Vector x) {
    const Vector least = all(-126.0F);
    const Vector cut =
        _mm256_max_ps(least, _mm256_min_ps(all(129.0F), x));  // in this order they keep what is no number
    const Vector whole = _mm256_round_ps(cut, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const Vector fraction = _mm256_sub_ps(cut, whole);
    constexpr float kSeries[] = {0.0013276472F, 0.00967554133F, 0.0555071327F, 0.240221197F, 0.693146967F, 1.00000007F};
    Vector sum = zero();
    for (const float term : kSeries) sum = _mm256_fmadd_ps(sum, fraction, all(term));
    // Half the power twice: 2^128 is not a float.
    const __m256i biased = _mm256_add_epi32(_mm256_cvtps_epi32(whole), _mm256_set1_epi32(254));
    const __m256i half = _mm256_srli_epi32(biased, 1);
    const Vector low = _mm256_castsi256_ps(_mm256_slli_epi32(half, 23));
    const Vector high = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_sub_epi32(biased, half), 23));
    const Vector power = _mm256_mul_ps(_mm256_mul_ps(sum, low), high);
    return _mm256_andnot_ps(_mm256_cmp_ps(x, least, _CMP_LT_OQ), power);
  }

  static void transpose(Vector (&rows)[8]) {
    Vector pairs[8], fours[8];
    for (int i = 0; i < 8; i += 2) {
      pairs[i] = _mm256_unpacklo_ps(rows[i], rows[i + 1]);
      pairs[i + 1] = _mm256_unpackhi_ps(rows[i], rows[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
      for (int half = 0; half < 2; ++half) {
        fours[i + 2 * half] = _mm256_shuffle_ps(pairs[i + half], pairs[i + 2 + half], 0x44);
        fours[i + 2 * half + 1] = _mm256_shuffle_ps(pairs[i + half], pairs[i + 2 + half], 0xee);
      }
    }
    for (int column = 0; column < 4; ++column) {  // of each 128-bit lane
      rows[column] = _mm256_permute2f128_ps(fours[column], fours[4 + column], 0x20);
      rows[4 + column] = _mm256_permute2f128_ps(fours[column], fours[4 + column], 0x31);
    }
  }
};

}  // namespace
}  // namespace fude::ops::cpu
