#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "training/parameter_source.h"
#include "training/worker_pool.h"

namespace fude::training {

/// Numbers worth writing down, by name.
using Metrics = std::map<std::string, double>;

struct ShardLoss {
  at::Tensor loss;  // scalar, with a graph
  Metrics metrics;
};

struct BatchGradients {
  std::vector<at::Tensor> gradients;  // one for each parameter, in their order
  Metrics metrics;                    // mean over shards
};

/// Mean gradient of the losses of `shards` equal parts of a batch, computed in parallel. Parts are added in their
/// order, so the result does not depend on which worker was faster. Parameters without influence get zeros.
BatchGradients compute_gradients(WorkerPool& pool, const std::vector<Parameter>& parameters, int shards,
                                 const std::function<ShardLoss(int shard)>& shard_loss);

/// Scales the gradients so that their joint Euclidean norm is at most `max_norm`; returns the norm before.
double clip_gradients(std::vector<at::Tensor>& gradients, double max_norm);

}  // namespace fude::training
