#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <span>

#include "core/random/normal_source.h"

namespace fude {

/// The default CPU generator of PyTorch: MT19937 (Matsumoto and Nishimura 1998) seeded with the low 32 bits of the
/// seed, and the two Box-Muller variants torch.randn uses, one for draws under 16 numbers and one for the rest.
/// Integers and uniforms are exact; normals agree with torch within 5e-6 (its vector sine and logarithm are
/// approximations). Computed so that every platform gives the same bits. Not thread-safe.
class TorchCpuGenerator : public NormalSource {
 public:
  explicit TorchCpuGenerator(std::uint64_t seed);

  std::uint32_t next_u32();
  /// Uniform in [0, 1), 24 random bits.
  float next_uniform();
  void fill_normal(std::span<float> out) override;

 private:
  double next_uniform_double();
  double next_normal_double();

  std::mt19937 engine_;
  std::optional<double> spare_;  // the sine half of a pair; outlives the call, as in torch
};

}  // namespace fude
