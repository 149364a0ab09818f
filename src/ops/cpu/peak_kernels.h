#pragma once

#include <cstdint>

/// Loops of nothing but multiply-adds in registers, one a file, each compiled for its own instructions.
namespace fude::ops::cpu {

struct PeakKernel {
  /// Goes round `rounds` times. sums [16] holds what to start from, which differs, and takes what was calculated, so
  /// that the compiler can leave nothing out.
  void (*run)(std::int64_t rounds, float* sums);
  double operations;  ///< of one round; a multiply-add is two
};

PeakKernel avx2_peak_kernel();
PeakKernel avx512_peak_kernel();
PeakKernel avx512_bf16_peak_kernel();
PeakKernel amx_peak_kernel();

}  // namespace fude::ops::cpu
