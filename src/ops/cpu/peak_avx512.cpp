#include <immintrin.h>

#include "ops/cpu/peak_kernels.h"

namespace fude::ops::cpu {
namespace {

constexpr int kSums = 12, kLanes = 16;

void run(std::int64_t rounds, float* sums) {
  __m512 sum[kSums];
  for (int i = 0; i < kSums; ++i) sum[i] = _mm512_set1_ps(sums[i]);
  const __m512 factor = _mm512_set1_ps(0.5F), addend = _mm512_set1_ps(0.5F);
  for (std::int64_t round = 0; round < rounds; ++round) {
    for (int i = 0; i < kSums; ++i) sum[i] = _mm512_fmadd_ps(sum[i], factor, addend);
  }
  for (int i = 1; i < kSums; ++i) sum[0] = _mm512_add_ps(sum[0], sum[i]);
  _mm512_storeu_ps(sums, sum[0]);
}

}  // namespace

PeakKernel avx512_peak_kernel() { return {.run = run, .operations = 2.0 * kLanes * kSums}; }

}  // namespace fude::ops::cpu
