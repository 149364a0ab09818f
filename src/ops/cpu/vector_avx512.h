#pragma once

#include <immintrin.h>

#include <cstdint>

// For files compiled for AVX-512 only: everything is in an anonymous namespace, so that no copy made of these
// instructions is linked into what runs elsewhere. The tails of rows are read and written under a mask.
namespace fude::ops::cpu {
namespace {

struct Vec {
  static constexpr std::int64_t kWidth = 16;
  __m512 v;
};

/// How much of a vector there is in memory: all, or its first lanes (none below 1, all from 16 on).
struct Whole {};
struct Part {
  __mmask16 mask;
  explicit Part(std::int64_t count)
      : mask(static_cast<__mmask16>(count <= 0             ? 0U
                                    : count >= Vec::kWidth ? 0xffffU
                                                           : (1U << count) - 1U)) {}
};

inline Vec widen(__m256i bits) { return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16))}; }
inline __m256i narrow(Vec x) {
#if defined(__AVX512BF16__)
  return reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(x.v));
#else
  // Round to nearest, ties to even; NaN stays what it is.
  const __m512i bits = _mm512_castps_si512(x.v);
  const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  const __m512i rounded = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), odd);
  const __mmask16 is_nan = _mm512_cmp_ps_mask(x.v, x.v, _CMP_UNORD_Q);
  return _mm512_cvtepi32_epi16(_mm512_srli_epi32(_mm512_mask_mov_epi32(rounded, is_nan, bits), 16));
#endif
}

inline Vec read(const float* p, Whole = {}) { return {_mm512_loadu_ps(p)}; }
inline Vec read(const float* p, Part part) { return {_mm512_maskz_loadu_ps(part.mask, p)}; }
inline Vec read(const std::uint16_t* p, Whole = {}) {
  return widen(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}
inline Vec read(const std::uint16_t* p, Part part) { return widen(_mm256_maskz_loadu_epi16(part.mask, p)); }

inline void write(Vec x, float* p, Whole = {}) { _mm512_storeu_ps(p, x.v); }
inline void write(Vec x, float* p, Part part) { _mm512_mask_storeu_ps(p, part.mask, x.v); }
inline void write(Vec x, std::uint16_t* p, Whole = {}) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), narrow(x));
}
inline void write(Vec x, std::uint16_t* p, Part part) { _mm256_mask_storeu_epi16(p, part.mask, narrow(x)); }

/// What lies outside the part becomes 0.
inline Vec only(Vec x, Whole) { return x; }
inline Vec only(Vec x, Part part) { return {_mm512_maskz_mov_ps(part.mask, x.v)}; }

inline Vec all(float x) { return {_mm512_set1_ps(x)}; }
inline Vec operator+(Vec a, Vec b) { return {_mm512_add_ps(a.v, b.v)}; }
inline Vec operator-(Vec a, Vec b) { return {_mm512_sub_ps(a.v, b.v)}; }
inline Vec operator*(Vec a, Vec b) { return {_mm512_mul_ps(a.v, b.v)}; }
/// a * b + c.
inline Vec multiply_add(Vec a, Vec b, Vec c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
inline Vec magnitude(Vec x) { return {_mm512_abs_ps(x.v)}; }
/// x where `sign` is negative, else y.
inline Vec where_negative(Vec sign, Vec x, Vec y) {
  return {_mm512_mask_blend_ps(_mm512_movepi32_mask(_mm512_castps_si512(sign.v)), y.v, x.v)};
}
inline float total(Vec x) { return _mm512_reduce_add_ps(x.v); }

/// 1 / x: exact, or to 2^-14.
inline Vec inverse(Vec x) { return {_mm512_div_ps(_mm512_set1_ps(1.0F), x.v)}; }
inline Vec rough_inverse(Vec x) { return {_mm512_rcp14_ps(x.v)}; }

/// A number as a whole one and a rest in [-0.5, 0.5].
struct Split {
  Vec whole, rest;
};
inline Split split(Vec x) {
  constexpr int kNearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
  return {{_mm512_roundscale_ps(x.v, kNearest)}, {_mm512_reduce_ps(x.v, kNearest)}};
}
/// x * 2^n, n whole; 0 or infinity where that is too small or too large. A NaN stays.
inline Vec scale_by_power(Vec x, Vec n) { return {_mm512_scalef_ps(x.v, n.v)}; }

}  // namespace
}  // namespace fude::ops::cpu
