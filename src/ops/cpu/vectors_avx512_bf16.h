#pragma once

// Included only by files that are compiled for AVX512-BF16.

#include <immintrin.h>

#include <cstdint>

#include "ops/cpu/product_loops.h"
#include "ops/cpu/vectors_avx512.h"

namespace fude::ops::cpu {
namespace {

/// Pairs of bfloat16 multiplied and added in one instruction.
struct Bfloat16Pairs : Avx512Vectors {
  using Stored = std::uint16_t;
  static constexpr int kRows = 12, kGroup = 2, kWeightBytes = 64;

  static __m512bh weights(const char* place) { return bits(_mm512_loadu_si512(place)); }
  static __m512bh broadcast(const char* pair) { return bits(_mm512_set1_epi32(number_at<int>(pair))); }
  static Floats add_product(Floats sum, __m512bh number, __m512bh weight) {
    return (Floats)_mm512_dpbf16_ps((__m512)sum, number, weight);
  }

 private:
  static __m512bh bits(__m512i value) { return (__m512bh)value; }
};

}  // namespace
}  // namespace fude::ops::cpu
