#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <string>
#include <vector>

#include "training/named_tensors.h"
#include "training/parameter_source.h"
#include "training/worker_pool.h"

namespace fude::training {

/// How a parameter is trained.
enum class UpdateRule {
  kMuon,       // hidden matrices and convolutions
  kAdamW,      // norms, biases, first and last layers
  kEmbedding,  // AdamW with a rate of its own: rows are seen rarely
};

struct OptimizerConfig {
  double muon_rate = 2e-3;
  double adamw_rate = 1e-3;
  double embedding_rate = 2e-3;
  double muon_momentum = 0.95;
  double beta1 = 0.9;
  double beta2 = 0.99;
  double epsilon = 1e-8;
  double weight_decay = 0;  // decoupled, matrices and convolutions only
};

/// Nearest orthogonal matrices by five Newton-Schulz steps in bfloat16 (Jordan et al. 2024, "Muon", quintic with
/// coefficients 3.4445, -4.7750, 2.0315): matrices [n, rows, columns] -> the same shape, singular values near 1.
at::Tensor orthogonalise(const at::Tensor& matrices);

/// One AdamW step (Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2), in place. `step` counts from 1.
struct AdamWMoments {
  at::Tensor first, second;
};
void adamw_step(const at::Tensor& value, const at::Tensor& gradient, const AdamWMoments& moments, std::int64_t step,
                double rate, const OptimizerConfig& config);

/// Muon for matrices, AdamW for the rest; each parameter's rule is chosen once, by name and shape.
/// Muon's update is scaled by 0.2 sqrt(max(rows, columns)), so that its size is AdamW's (Liu et al. 2025,
/// arXiv:2502.16982, eq. 4).
class Optimizer {
 public:
  using RuleOf = std::function<UpdateRule(const Parameter&)>;
  Optimizer(std::vector<Parameter> parameters, const RuleOf& rule_of, const OptimizerConfig& config);

  /// Changes the parameters. `gradients` in the parameters' order; `rate_factor` multiplies every rate.
  void step(WorkerPool& pool, const std::vector<at::Tensor>& gradients, double rate_factor);

  /// Moments and step count, by parameter name, for a checkpoint; and back. Throws Error(kCorruptFile).
  void save(NamedTensors& state) const;
  void load(const NamedTensors& state);

 private:
  void adamw_update(const std::vector<at::Tensor>& gradients, std::size_t index, double rate_factor);
  void muon_update(const std::vector<at::Tensor>& gradients, const std::vector<std::size_t>& group, double rate_factor);

  std::vector<Parameter> parameters_;
  std::vector<UpdateRule> rules_;
  OptimizerConfig config_;
  std::vector<at::Tensor> first_;                      // AdamW's first moment, or Muon's momentum
  std::vector<at::Tensor> second_;                     // AdamW's second moment; empty for Muon
  std::vector<std::vector<std::size_t>> muon_groups_;  // parameters of equal shape, orthogonalised together
  std::vector<std::size_t> adamw_indices_;
  std::int64_t steps_ = 0;
};

}  // namespace fude::training
