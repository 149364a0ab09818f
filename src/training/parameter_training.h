#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "training/moving_average.h"
#include "training/optimizers.h"
#include "training/trainable.h"
#include "training/worker_pool.h"

namespace fude::training {

/// What the trainings of all networks have in common.
struct LearningConfig {
  std::uint64_t seed = 1;
  int shards = 2;                // parts of a batch, computed in parallel; divides every batch
  double average_decay = 0.995;  // of the moving average
  double clip = 1;               // the longest joint gradient
  OptimizerConfig optimizer = {};
};

/// Parameters in training and all that moves with them: their optimizer and their moving average. The step every
/// stage has in common.
class ParameterTraining {
 public:
  ParameterTraining(const std::vector<Parameter>& parameters, const Optimizer::RuleOf& rule_of,
                    const LearningConfig& config);

  /// One step down the mean gradient of the shards' losses. Returns the shards' mean metrics and "gradient_norm", the
  /// gradient's length before it was cut.
  Metrics step(WorkerPool& pool, const StepPlace& place, const std::function<ShardLoss(int shard)>& shard_loss);

  /// Values, averages, moments, for a checkpoint; and back. Throws Error(kCorruptFile).
  void save(NamedTensors& state) const;
  void load(const NamedTensors& state);

  const std::vector<Parameter>& parameters() const { return parameters_; }
  MovingAverage& average() { return average_; }

 private:
  std::vector<Parameter> parameters_;
  LearningConfig config_;
  Optimizer optimizer_;
  MovingAverage average_;
};

}  // namespace fude::training
