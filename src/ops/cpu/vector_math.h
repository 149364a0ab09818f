#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

// The compiler makes a kernel marked so once per instruction set and the loader picks by what the processor has.
// Kernels are written as plain loops along contiguous numbers, without fast-math: nothing has to be reassociated to
// become vector code.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FUDE_PER_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FUDE_PER_PROCESSOR
#endif
/// Inlined into each of those versions; a function of its own would exist in the plainest version only.
#define FUDE_INLINE inline __attribute__((always_inline))

namespace fude::ops::cpu {

FUDE_INLINE float load(float value) { return value; }
FUDE_INLINE float load(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

FUDE_INLINE void store(float value, float& place) { place = value; }
/// As bfloat16: round to nearest, ties to even.
FUDE_INLINE void store(float value, std::uint16_t& place) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  place = static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
}

/// e^x = 2^n 2^f with n whole and f in [-0.5, 0.5], 2^f by its series; relative error below 1e-6. x is cut to +-87.
FUDE_INLINE float exponential(float x) {
  const float power = std::min(std::max(x * 1.44269504F, -126.0F), 126.0F);
  const float whole = (power + 12582912.0F) - 12582912.0F;
  const float f = (power - whole) * 0.693147181F;
  float series = 1.0F / 720;
  series = series * f + 1.0F / 120;
  series = series * f + 1.0F / 24;
  series = series * f + 1.0F / 6;
  series = series * f + 0.5F;
  series = series * f + 1.0F;
  series = series * f + 1.0F;
  return series * std::bit_cast<float>((static_cast<std::int32_t>(whole) + 127) << 23);
}

FUDE_INLINE float sigmoid(float x) { return 1.0F / (1.0F + exponential(-x)); }

}  // namespace fude::ops::cpu
