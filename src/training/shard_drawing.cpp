#include "training/shard_drawing.h"

#include <algorithm>

namespace fude::training {

painter::Random shard_random(const LearningConfig& config, const StepPlace& place, int shard) {
  return {config.seed, static_cast<std::uint64_t>(place.step * config.shards + shard)};
}

std::int64_t draw_trained_index(painter::Random& random, std::int64_t count, std::int64_t held_out) {
  const std::int64_t first = std::min(held_out, count - 1);
  return first + random.below(static_cast<int>(count - first));
}

}  // namespace fude::training
