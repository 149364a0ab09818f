#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/random/normal_source.h"

namespace fude {

/// Ten rounds of Philox4x32 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// The normal stream of torch on NVIDIA GPUs as the web UI emulates it ("NV"): element i of draw k comes from the
/// Philox counter (k, 0, i, 0) under the 64-bit seed as key. Draws differ in k only, whatever their sizes.
/// Agrees with the published emulation within 1e-6. At most 2^32 numbers a draw. Not thread-safe.
class PhiloxGenerator : public NormalSource {
 public:
  explicit PhiloxGenerator(std::uint64_t seed);

  void fill_normal(std::span<float> out) override;

 private:
  std::array<std::uint32_t, 2> key_;
  std::uint32_t draw_ = 0;
};

}  // namespace fude
