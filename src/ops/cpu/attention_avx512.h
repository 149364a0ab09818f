#pragma once

#include <cstdint>

#include "ops/cpu/vector_avx512.h"

// In an anonymous namespace because every file compiles this for the instruction set of its own.
namespace fude::ops::cpu {
namespace {

/// Vectors of 16 floats. A unit is what one lane multiplies at a time: here one float.
struct Avx512 {
  using Vector = __m512;
  static constexpr int kLanes = 16;
  static constexpr int kUnitNumbers = 1;
  static constexpr int kRows = 12;  // of sums, by two vectors, that the 32 registers hold with what they are made of

  static Vector zero() { return _mm512_setzero_ps(); }
  static Vector all(float value) { return _mm512_set1_ps(value); }
  static Vector load(const float* from) { return _mm512_loadu_ps(from); }
  static void store(float* to, Vector v) { _mm512_storeu_ps(to, v); }
  /// The first lanes; count at least 1, and all of them where it is more.
  static void store_first(float* to, Vector v, std::int64_t count) { write({v}, to, Part(count)); }
  /// The same, rounded to the numbers of a tensor.
  template <typename Number>
  static void put_first(Number* to, Vector v, std::int64_t count) {
    write({v}, to, Part(count));
  }
  static Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
  static Vector multiply(Vector a, Vector b) { return _mm512_mul_ps(a, b); }
  static Vector divide(Vector a, Vector b) { return _mm512_div_ps(a, b); }
  static Vector multiply_add(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
  static Vector multiply_subtract(Vector a, Vector b, Vector c) { return _mm512_fmsub_ps(a, b, c); }
  /// The second where one is not a number.
  static Vector maximum(Vector a, Vector b) { return _mm512_max_ps(a, b); }
  /// `value` in lanes below `count`, `otherwise` in the rest.
  static Vector first_lanes(Vector value, Vector otherwise, std::int64_t count) {
    return _mm512_mask_blend_ps(Part(count).mask, otherwise, value);
  }
  /// False also where one is not a number.
  static bool is_zero(Vector v) { return _mm512_cmp_ps_mask(v, zero(), _CMP_EQ_OQ) == 0xffff; }

  /// Units of numbers that lie side by side, of which so many exist (at least 1); zeros in lanes beyond.
  template <typename Number>
  static Vector units_along(const Number* row, std::int64_t numbers) {
    return read(row, Part(numbers)).v;
  }

  static Vector unit(const std::uint32_t* from) { return _mm512_set1_ps(*reinterpret_cast<const float*>(from)); }
  static Vector add_product(Vector sum, Vector units, Vector unit) { return _mm512_fmadd_ps(units, unit, sum); }

  /// 2^x; relative error below 2e-7.
  static Vector exp2(Vector x) {
    constexpr float kSeries[] = {0.0013276472F, 0.00967554133F, 0.0555071327F, 0.240221197F, 0.693146967F, 1.00000007F};
    return exp2_by(x, kSeries);
  }

  static void transpose(Vector (&rows)[16]) {
    Vector pairs[16], fours[16];
    for (int i = 0; i < 16; i += 2) {
      pairs[i] = _mm512_unpacklo_ps(rows[i], rows[i + 1]);
      pairs[i + 1] = _mm512_unpackhi_ps(rows[i], rows[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) {
      for (int half = 0; half < 2; ++half) {
        fours[i + 2 * half] = _mm512_shuffle_ps(pairs[i + half], pairs[i + 2 + half], 0x44);
        fours[i + 2 * half + 1] = _mm512_shuffle_ps(pairs[i + half], pairs[i + 2 + half], 0xee);
      }
    }
    for (int column = 0; column < 4; ++column) {  // of each 128-bit lane
      const Vector even_low = _mm512_shuffle_f32x4(fours[column], fours[4 + column], 0x88);
      const Vector odd_low = _mm512_shuffle_f32x4(fours[column], fours[4 + column], 0xdd);
      const Vector even_high = _mm512_shuffle_f32x4(fours[8 + column], fours[12 + column], 0x88);
      const Vector odd_high = _mm512_shuffle_f32x4(fours[8 + column], fours[12 + column], 0xdd);
      rows[column] = _mm512_shuffle_f32x4(even_low, even_high, 0x88);
      rows[4 + column] = _mm512_shuffle_f32x4(odd_low, odd_high, 0x88);
      rows[8 + column] = _mm512_shuffle_f32x4(even_low, even_high, 0xdd);
      rows[12 + column] = _mm512_shuffle_f32x4(odd_low, odd_high, 0xdd);
    }
  }

 protected:
  /// The series is that of 2^f for f in [-0.5, 0.5] with the least relative error, highest power first. Below -149 it
  /// gives 0, above 128 infinity.
  template <int kTerms>
  static Vector exp2_by(Vector x, const float (&series)[kTerms]) {
    const Vector whole = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const Vector fraction = _mm512_sub_ps(x, whole);
    Vector sum = all(series[0]);
    for (int i = 1; i < kTerms; ++i) sum = _mm512_fmadd_ps(sum, fraction, all(series[i]));
    return _mm512_scalef_ps(sum, whole);
  }
};

#if defined(__AVX512BF16__)
/// The same, but a unit is a pair of bfloat16, whose products come in pairs: twice as many a cycle.
struct Avx512Bf16 : Avx512 {
  static constexpr int kUnitNumbers = 2;

  static Vector add_product(Vector sum, Vector units, Vector unit) {
    return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(units), reinterpret_cast<__m512bh>(unit));
  }

  /// 2^x; relative error below 8e-5, a fiftieth of bfloat16's rounding.
  static Vector exp2(Vector x) {
    constexpr float kSeries[] = {0.0551716691F, 0.242611122F, 0.693260985F, 0.999928074F};
    return exp2_by(x, kSeries);
  }

  static Vector units_along(const std::uint16_t* row, std::int64_t numbers) {
    const __mmask32 mask = numbers >= 2 * kLanes ? ~__mmask32{0} : (__mmask32{1} << numbers) - 1;
    return _mm512_castsi512_ps(_mm512_maskz_loadu_epi16(mask, row));
  }
  /// Units of a number of one row and that of the next, which may be missing.
  static Vector units_across(const std::uint16_t* row, const std::uint16_t* next, std::int64_t numbers) {
    const __mmask16 mask = Part(numbers).mask;
    const __m512i even = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, row));
    if (next == nullptr) return _mm512_castsi512_ps(even);
    const __m512i odd = _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, next)), 16);
    return _mm512_castsi512_ps(_mm512_or_si512(even, odd));
  }

  /// In each lane the unit of a's (even) and b's number there.
  static Vector pair(Vector a, Vector b) {
    const __m512i side_by_side = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7,
                                                  22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    const auto both = reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(b, a));
    return _mm512_castsi512_ps(_mm512_permutexvar_epi16(side_by_side, both));
  }
};
#endif

}  // namespace
}  // namespace fude::ops::cpu
