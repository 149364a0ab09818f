#include "training/parameter_training.h"

namespace fude::training {

ParameterTraining::ParameterTraining(const std::vector<Parameter>& parameters, const Optimizer::RuleOf& rule_of,
                                     const LearningConfig& config)
    : parameters_(parameters),
      config_(config),
      optimizer_(parameters, rule_of, config.optimizer),
      average_(parameters, config.average_decay) {}

Metrics ParameterTraining::step(WorkerPool& pool, const StepPlace& place,
                                const std::function<ShardLoss(int shard)>& shard_loss) {
  BatchGradients batch = compute_gradients(pool, parameters_, config_.shards, shard_loss);
  batch.metrics["gradient_norm"] = clip_gradients(batch.gradients, config_.clip);
  optimizer_.step(pool, batch.gradients, place.rate_factor);
  average_.update(place.step);
  return batch.metrics;
}

void ParameterTraining::save(NamedTensors& state) const {
  save_parameters(parameters_, "", state);
  average_.save(state);
  optimizer_.save(state);
}

void ParameterTraining::load(const NamedTensors& state) {
  load_parameters(parameters_, state, "");
  average_.load(state);
  optimizer_.load(state);
}

}  // namespace fude::training
