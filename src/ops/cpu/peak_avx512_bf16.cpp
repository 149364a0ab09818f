#include <immintrin.h>

#include "ops/cpu/peak_kernels.h"

namespace fude::ops::cpu {
namespace {

constexpr int kSums = 16, kLanes = 16, kPair = 2;

void run(std::int64_t rounds, float* sums) {
  __m512 sum[kSums];
  for (int i = 0; i < kSums; ++i) sum[i] = _mm512_set1_ps(sums[i]);
  const __m512bh factor = (__m512bh)_mm512_set1_epi32(0x3F803F80);  // pairs of 1
  for (std::int64_t round = 0; round < rounds; ++round) {
    for (int i = 0; i < kSums; ++i) sum[i] = _mm512_dpbf16_ps(sum[i], factor, factor);
  }
  for (int i = 1; i < kSums; ++i) sum[0] = _mm512_add_ps(sum[0], sum[i]);
  _mm512_storeu_ps(sums, sum[0]);
}

}  // namespace

PeakKernel avx512_bf16_peak_kernel() { return {.run = run, .operations = 2.0 * kPair * kLanes * kSums}; }

}  // namespace fude::ops::cpu
