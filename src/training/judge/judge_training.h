#pragma once

#include <cstdint>
#include <functional>

#include "core/cancellation.h"
#include "training/judge/accuracy.h"
#include "training/judge/network.h"

namespace fude::judge {

struct TrainingOptions {
  std::int64_t steps = 4000;  // half an hour of one core
  std::uint64_t seed = 1000;  // of the pictures painted for it; not that of the set which is examined
  std::int64_t batch = 64;
  std::int64_t fresh = 16;   // pictures painted at each step
  std::int64_t pool = 6000;  // pictures kept to draw batches from, 49 kB each
  double rate = 4e-3;        // of Muon, at its peak; AdamW has half
};

struct TrainingProgress {
  std::int64_t step = 0;
  double loss = 0;  // cross entropy, mean over the groups, smoothed
};

/// Trains a judge, fresh or from a file, on pictures painted meanwhile. When a stop is asked for, the judge is returned
/// as it is.
Network train_judge(Network network, const TrainingOptions& options, const Cancellation& cancellation,
                    const std::function<void(const TrainingProgress&)>& on_step);

/// Accuracy on pictures 0..count-1 of a data set.
Accuracy examine(const Network& network, std::uint64_t seed, std::int64_t count);

}  // namespace fude::judge
