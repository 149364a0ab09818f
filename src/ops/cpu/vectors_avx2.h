#pragma once

// Included only by files that are compiled for AVX2.

#include <immintrin.h>

#include <cstdint>

namespace fude::ops::cpu {
namespace {

/// Eight floats a register, sixteen registers.
struct Avx2Vectors {
  static constexpr int kLanes = 8;
  typedef float Floats __attribute__((vector_size(32)));
  typedef std::uint32_t Words __attribute__((vector_size(32)));

  static Floats load(const float* place) { return (Floats)_mm256_loadu_ps(place); }
  static void store(Floats value, float* place) { _mm256_storeu_ps(place, (__m256)value); }

  static Floats load(const std::uint16_t* place) {
    const __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(place)));
    return (Floats)_mm256_castsi256_ps(_mm256_slli_epi32(wide, 16));
  }
  /// To nearest, ties to even.
  static void store(Floats value, std::uint16_t* place) {
    const __m256i bits = _mm256_castps_si256((__m256)value);
    const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    const __m256i rounded =
        _mm256_srli_epi32(_mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff))), 16);
    const __m128i halves = _mm_packus_epi32(_mm256_castsi256_si128(rounded), _mm256_extracti128_si256(rounded, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(place), halves);
  }
};

}  // namespace
}  // namespace fude::ops::cpu
