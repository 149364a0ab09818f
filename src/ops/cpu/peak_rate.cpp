#include "ops/cpu/peak_rate.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <numeric>

#include "ops/cpu/peak_kernels.h"
#include "ops/cpu/thread_pool.h"

namespace fude::ops::cpu {
namespace {

std::optional<PeakKernel> kernel_for([[maybe_unused]] InstructionSet set, [[maybe_unused]] Products products) {
#if defined(__x86_64__)
  const bool is_bf16 = products == Products::kBfloat16;
  if (set == InstructionSet::kAmx && is_bf16) return amx_peak_kernel();
  if (set >= InstructionSet::kAvx512Bf16 && is_bf16) return avx512_bf16_peak_kernel();
  if (set >= InstructionSet::kAvx512) return avx512_peak_kernel();
  if (set == InstructionSet::kAvx2) return avx2_peak_kernel();
#endif
  return std::nullopt;
}

// The best of many short tries: others may take processor time from most of them.
double best_rate(const PeakKernel& kernel, int threads) {
  using Clock = std::chrono::steady_clock;
  constexpr double kOperationsAPiece = 2e7;    // less than a tenth of a millisecond
  const int tries = threads > 1 ? 2400 : 600;  // all must be undisturbed at the same time
  ThreadPool pool(threads);
  const auto rounds = static_cast<std::int64_t>(kOperationsAPiece / kernel.operations);
  const std::int64_t pieces = 4 * std::int64_t{threads};
  const auto begin = Clock::now();
  double best = 0;
  for (int i = 0; i < tries; ++i) {
    const auto start = Clock::now();
    pool.run(pieces, [&](std::int64_t) {
      std::array<float, 16> sums{};
      std::iota(sums.begin(), sums.end(), 0.0F);
      kernel.run(rounds, sums.data());
    });
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const double operations = kernel.operations * static_cast<double>(rounds) * static_cast<double>(pieces);
    best = std::max(best, operations / std::max(seconds, 1e-9));
    if (Clock::now() - begin > std::chrono::seconds(1)) break;
  }
  return best;
}

}  // namespace

std::optional<PeakRate> measure_peak_rate(InstructionSet set, Products products, int threads) {
  const auto kernel = kernel_for(set, products);
  if (!kernel) return std::nullopt;
  const double one = best_rate(*kernel, 1);
  return PeakRate{.one_thread = one, .all_threads = threads > 1 ? best_rate(*kernel, threads) : one};
}

}  // namespace fude::ops::cpu
