#pragma once

#include <cstdint>

#include "training/painter/random.h"
#include "training/parameter_training.h"
#include "training/trainable.h"

namespace fude::training {

/// The chance of one part of a step's batch: it depends on seed, step and part alone, so that neither a pause nor the
/// other workers change it.
painter::Random shard_random(const LearningConfig& config, const StepPlace& place, int shard);

/// A picture to train on, of `count` > 0: any but the first `held_out`, or the last one when all are held out.
std::int64_t draw_trained_index(painter::Random& random, std::int64_t count, std::int64_t held_out);

}  // namespace fude::training
