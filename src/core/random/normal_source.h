#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace fude {

/// A seeded stream of standard normal numbers. How a stream continues depends on the sizes asked for so far
/// (see each generator), so the sequence of calls is part of the contract, not only the count of numbers.
class NormalSource {
 public:
  virtual ~NormalSource() = default;

  /// Overwrites `out` with the next draw: independent numbers of mean 0 and standard deviation 1.
  virtual void fill_normal(std::span<float> out) = 0;
};

/// Which published stream a seed stands for.
enum class NoiseStream {
  kTorchCpu,  // torch on a CPU (infotext "RNG: CPU")
  kPhilox,    // torch on an NVIDIA GPU, also computed on the CPU (infotext "RNG: NV", or no RNG key)
};

/// A fresh generator of the given stream. The torch CPU stream looks at the low 32 bits of the seed only.
std::unique_ptr<NormalSource> make_normal_source(NoiseStream stream, std::uint64_t seed);

}  // namespace fude
