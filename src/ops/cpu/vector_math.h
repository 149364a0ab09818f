#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
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

/// The normal distribution at x: density, and the share below x. The latter by Abramowitz and Stegun 7.1.26, error
/// below 1e-7.
struct NormalAt {
  float density, below;
};

FUDE_INLINE NormalAt normal_at(float x) {
  const float bell = exponential(-0.5F * x * x);
  const float t = 1.0F / (1.0F + 0.3275911F * 0.70710678F * std::fabs(x));
  float tail = 1.061405429F;
  tail = tail * t - 1.453152027F;
  tail = tail * t + 1.421413741F;
  tail = tail * t - 0.284496736F;
  tail = tail * t + 0.254829592F;
  const float above = 0.5F * tail * t * bell;
  return {0.398942280F * bell, x < 0 ? above : 1.0F - above};
}

/// Independent partial sums, so that a sum along a row is vector code without reassociation.
constexpr std::int64_t kLanes = 16;
struct Lanes {
  float sums[kLanes] = {};
  FUDE_INLINE float total() const {
    float total = 0;
    for (const float sum : sums) total += sum;
    return total;
  }
};

/// Adds term(c) for c in [0, width).
template <typename Term>
FUDE_INLINE float sum_row(std::int64_t width, const Term& term) {
  Lanes lanes;
  std::int64_t c = 0;
  for (; c + kLanes <= width; c += kLanes)
    for (std::int64_t k = 0; k < kLanes; ++k) lanes.sums[k] += term(c + k);
  float rest = 0;
  for (; c < width; ++c) rest += term(c);
  return lanes.total() + rest;
}

}  // namespace fude::ops::cpu
