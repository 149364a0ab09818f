#pragma once

// Included only by files that are compiled for AVX-512.

#include <immintrin.h>

#include <cstdint>

namespace fude::ops::cpu {
namespace {

/// Sixteen floats a register.
struct Avx512Vectors {
  static constexpr int kLanes = 16;
  typedef float Floats __attribute__((vector_size(64)));
  typedef std::uint32_t Words __attribute__((vector_size(64)));

  static Floats load(const float* place) { return (Floats)_mm512_loadu_ps(place); }
  static void store(Floats value, float* place) { _mm512_storeu_ps(place, (__m512)value); }

  static Floats load(const std::uint16_t* place) {
    const __m512i wide = _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(place)));
    return (Floats)_mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
  }
  /// To nearest, ties to even.
  static void store(Floats value, std::uint16_t* place) {
    const __m512i bits = _mm512_castps_si512((__m512)value);
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const __m512i rounded = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(place), _mm512_cvtepi32_epi16(_mm512_srli_epi32(rounded, 16)));
  }
};

}  // namespace
}  // namespace fude::ops::cpu
