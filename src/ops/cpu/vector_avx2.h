#pragma once

#include <immintrin.h>

#include <cstdint>

// For files compiled for AVX2 only; see vector_avx512.h, whose functions these are.
namespace fude::ops::cpu {
namespace {

struct Vec {
  static constexpr std::int64_t kWidth = 8;
  __m256 v;
};

/// How much of a vector there is in memory.
struct Whole {};
struct Part {
  std::int64_t count;
  explicit Part(std::int64_t count) : count(count) {}
  __m256i mask() const {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
};

inline Vec widen(__m128i bits) { return {_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16))}; }
// Round to nearest, ties to even; NaN stays what it is.
inline __m128i narrow(Vec x) {
  const __m256i bits = _mm256_castps_si256(x.v);
  const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  const __m256i rounded = _mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(0x7fff)), odd);
  const __m256i is_nan = _mm256_castps_si256(_mm256_cmp_ps(x.v, x.v, _CMP_UNORD_Q));
  const __m256i high = _mm256_srli_epi32(_mm256_blendv_epi8(rounded, bits, is_nan), 16);
  return _mm_packus_epi32(_mm256_castsi256_si128(high), _mm256_extracti128_si256(high, 1));
}

inline Vec read(const float* p, Whole = {}) { return {_mm256_loadu_ps(p)}; }
inline Vec read(const float* p, Part part) { return {_mm256_maskload_ps(p, part.mask())}; }
inline Vec read(const std::uint16_t* p, Whole = {}) {
  return widen(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
inline Vec read(const std::uint16_t* p, Part part) {
  std::uint16_t copy[Vec::kWidth] = {};
  for (std::int64_t i = 0; i < part.count; ++i) copy[i] = p[i];
  return read(copy);
}

inline void write(Vec x, float* p, Whole = {}) { _mm256_storeu_ps(p, x.v); }
inline void write(Vec x, float* p, Part part) { _mm256_maskstore_ps(p, part.mask(), x.v); }
inline void write(Vec x, std::uint16_t* p, Whole = {}) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), narrow(x)); }
inline void write(Vec x, std::uint16_t* p, Part part) {
  std::uint16_t copy[Vec::kWidth];
  write(x, copy);
  for (std::int64_t i = 0; i < part.count; ++i) p[i] = copy[i];
}

/// What lies outside the part becomes 0.
inline Vec only(Vec x, Whole) { return x; }
inline Vec only(Vec x, Part part) { return {_mm256_and_ps(x.v, _mm256_castsi256_ps(part.mask()))}; }

inline Vec all(float x) { return {_mm256_set1_ps(x)}; }
inline Vec operator+(Vec a, Vec b) { return {_mm256_add_ps(a.v, b.v)}; }
inline Vec operator-(Vec a, Vec b) { return {_mm256_sub_ps(a.v, b.v)}; }
inline Vec operator*(Vec a, Vec b) { return {_mm256_mul_ps(a.v, b.v)}; }
/// a * b + c.
inline Vec multiply_add(Vec a, Vec b, Vec c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }
inline Vec magnitude(Vec x) { return {_mm256_andnot_ps(_mm256_set1_ps(-0.0F), x.v)}; }
/// x where `sign` is negative, else y.
inline Vec where_negative(Vec sign, Vec x, Vec y) { return {_mm256_blendv_ps(y.v, x.v, sign.v)}; }
inline float total(Vec x) {
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(x.v), _mm256_extractf128_ps(x.v, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

/// 1 / x: the instruction for a rough one is too rough here.
inline Vec inverse(Vec x) { return {_mm256_div_ps(_mm256_set1_ps(1.0F), x.v)}; }
inline Vec rough_inverse(Vec x) { return inverse(x); }

/// A number, cut to +-126, as a whole one and a rest in [-0.5, 0.5]. A NaN stays.
struct Split {
  Vec whole, rest;
};
inline Split split(Vec x) {
  const __m256 cut = _mm256_min_ps(_mm256_set1_ps(126.0F), _mm256_max_ps(_mm256_set1_ps(-126.0F), x.v));
  const __m256 whole = _mm256_round_ps(cut, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  return {{whole}, {_mm256_sub_ps(cut, whole)}};
}
/// x * 2^n, n whole and within +-126.
inline Vec scale_by_power(Vec x, Vec n) {
  const __m256i power = _mm256_add_epi32(_mm256_cvtps_epi32(n.v), _mm256_set1_epi32(127));
  return {_mm256_mul_ps(x.v, _mm256_castsi256_ps(_mm256_slli_epi32(power, 23)))};
}

}  // namespace
}  // namespace fude::ops::cpu
