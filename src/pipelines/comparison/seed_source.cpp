#include "pipelines/comparison/seed_source.h"

namespace fude::pipelines::comparison {

std::uint32_t SeedSource::random_start() { return std::random_device()(); }

// By hand: what the distributions of the standard library give is not written down.
std::int64_t SeedSource::draw() {
  constexpr std::uint64_t kEnd = 4294967294;
  return static_cast<std::int64_t>(engine_() % kEnd);
}

void SeedSource::resolve(GenerationRequest& request) {
  if (request.seed == -1) request.seed = draw();
  if (request.subseed == -1) request.subseed = draw();
}

}  // namespace fude::pipelines::comparison
