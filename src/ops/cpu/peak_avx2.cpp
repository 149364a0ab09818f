#include <immintrin.h>

#include "ops/cpu/peak_kernels.h"

namespace fude::ops::cpu {
namespace {

// Two multiply-adds a cycle, each ready four or five cycles later: ten must be under way.
constexpr int kSums = 12, kLanes = 8;

void run(std::int64_t rounds, float* sums) {
  __m256 sum[kSums];
  for (int i = 0; i < kSums; ++i) sum[i] = _mm256_set1_ps(sums[i]);
  const __m256 factor = _mm256_set1_ps(0.5F), addend = _mm256_set1_ps(0.5F);
  for (std::int64_t round = 0; round < rounds; ++round) {
    for (int i = 0; i < kSums; ++i) sum[i] = _mm256_fmadd_ps(sum[i], factor, addend);
  }
  for (int i = 1; i < kSums; ++i) sum[0] = _mm256_add_ps(sum[0], sum[i]);
  _mm256_storeu_ps(sums, sum[0]);
}

}  // namespace

PeakKernel avx2_peak_kernel() { return {.run = run, .operations = 2.0 * kLanes * kSums}; }

}  // namespace fude::ops::cpu
