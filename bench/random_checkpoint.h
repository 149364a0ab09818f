#pragma once

#include "models/random_checkpoint.h"

namespace fude::bench {

/// A random checkpoint of Stable Diffusion 1.x: kept in $FUDE_BENCH_CACHE when that is set.
struct RandomCheckpoint : models::RandomCheckpoint {
  RandomCheckpoint();
};

}  // namespace fude::bench
