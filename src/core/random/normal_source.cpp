#include "core/random/normal_source.h"

#include "core/random/philox_generator.h"
#include "core/random/torch_cpu_generator.h"

namespace fude {

std::unique_ptr<NormalSource> make_normal_source(NoiseStream stream, std::uint64_t seed) {
  if (stream == NoiseStream::kPhilox) return std::make_unique<PhiloxGenerator>(seed);
  return std::make_unique<TorchCpuGenerator>(seed);
}

}  // namespace fude
