#pragma once

#include <cstdint>
#include <functional>

#include "core/cancellation.h"
#include "training/judge/accuracy.h"
#include "training/judge/network.h"

namespace fude::judge {

struct TrainingOptions {
  std::int64_t steps = 3600;  // a quarter of an hour of one core
  std::uint64_t seed = 1000;  // of the pictures painted for it; not that of the set which is examined
  std::int64_t batch = 32;
  std::int64_t fresh = 5;     // pictures painted at each step
  std::int64_t pool = 12000;  // pictures kept to draw batches from, 197 kB each
  double hold = 0.5;          // share of the steps at the full rate, before it falls to nothing
  double rate = 4e-3;         // of Muon, at its peak; AdamW has half
};

struct TrainingProgress {
  std::int64_t step = 0;
  double loss = 0;  // cross entropy, mean over the groups, smoothed
};

/// Called after each step with the judge as it is then.
using TrainingObserver = std::function<void(const TrainingProgress&, Network&)>;

/// Trains a judge, fresh or from a file, on pictures painted meanwhile. When a stop is asked for, the judge is returned
/// as it is.
Network train_judge(Network network, const TrainingOptions& options, const Cancellation& cancellation,
                    const TrainingObserver& on_step);

/// What a judge is worth on painted pictures.
struct Examination {
  Accuracy good;  // on those without flaws: the only kind a model is asked for
  Accuracy all;   // with the 16 % that were spoiled on purpose
};

/// Examines on pictures 0..count-1 of a data set.
Examination examine(const Network& network, std::uint64_t seed, std::int64_t count);

}  // namespace fude::judge
