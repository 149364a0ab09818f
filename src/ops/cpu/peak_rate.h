#pragma once

#include <optional>

#include "ops/cpu/instruction_set.h"

namespace fude::ops::cpu {

enum class Products { kFloat, kBfloat16 };

/// Operations a second (a multiply-add is two) of arithmetic that never leaves the registers: what no network can pass.
struct PeakRate {
  double one_thread = 0;
  double all_threads = 0;
};

/// Measures it in some tenths of a second, best of many tries, with the instructions that our kernels use for such
/// products; `threads` >= 1. Products of bfloat16 are those of float where the set has no others. Absent for the
/// portable set, which has no kernels.
std::optional<PeakRate> measure_peak_rate(InstructionSet set, Products products, int threads);

}  // namespace fude::ops::cpu
