#include "training/gradients.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

namespace fude::training {
namespace {

std::vector<at::Tensor> leaves(const std::vector<Parameter>& parameters) {
  std::vector<at::Tensor> values;
  for (const Parameter& p : parameters) values.push_back(p.value);
  return values;
}

}  // namespace

BatchGradients compute_gradients(WorkerPool& pool, const std::vector<Parameter>& parameters, int shards,
                                 const std::function<ShardLoss(int shard)>& shard_loss) {
  const std::vector<at::Tensor> inputs = leaves(parameters);
  std::vector<BatchGradients> parts(static_cast<std::size_t>(shards));
  pool.run(shards, [&](int shard) {
    ShardLoss result = shard_loss(shard);
    BatchGradients& part = parts[static_cast<std::size_t>(shard)];
    part.gradients = torch::autograd::grad({result.loss}, inputs, /*grad_outputs=*/{}, /*retain_graph=*/{},
                                           /*create_graph=*/false, /*allow_unused=*/true);
    part.metrics = std::move(result.metrics);
  });

  const at::NoGradGuard no_gradient;
  BatchGradients sum = std::move(parts.front());
  pool.run(static_cast<int>(inputs.size()), [&](int index) {
    const at::NoGradGuard no_gradient_here;
    const auto i = static_cast<std::size_t>(index);
    at::Tensor& total = sum.gradients[i];
    total = total.defined() ? total.clone() : at::zeros_like(inputs[i]);
    for (std::size_t shard = 1; shard < parts.size(); ++shard)
      if (parts[shard].gradients[i].defined()) total += parts[shard].gradients[i];
    total.div_(shards);
  });
  for (auto& [name, value] : sum.metrics) {
    for (std::size_t shard = 1; shard < parts.size(); ++shard) value += parts[shard].metrics.at(name);
    value /= shards;
  }
  return sum;
}

double clip_gradients(std::vector<at::Tensor>& gradients, double max_norm) {
  double squares = 0;
  for (const at::Tensor& g : gradients) squares += std::pow(g.norm().item<double>(), 2);
  const double norm = std::sqrt(squares);
  if (norm > max_norm)
    for (at::Tensor& g : gradients) g.mul_(max_norm / norm);
  return norm;
}

}  // namespace fude::training
