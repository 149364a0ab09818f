#include "training/optimizers.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace fude::training {
namespace {

/// Few enough matrices at a time that workers share the groups evenly.
constexpr std::size_t kMatricesAtOnce = 3;

using MatrixShape = std::pair<std::int64_t, std::int64_t>;

MatrixShape matrix_shape(const at::Tensor& t) { return {t.size(0), t.numel() / t.size(0)}; }

}  // namespace

at::Tensor orthogonalise(const at::Tensor& matrices) {
  const bool is_tall = matrices.size(1) > matrices.size(2);
  at::Tensor x = is_tall ? matrices.transpose(1, 2) : matrices;
  const at::Tensor norm = x.flatten(1).norm(2, 1).clamp_min(1e-7).view({-1, 1, 1});
  x = (x / norm).to(at::kBFloat16).contiguous();
  for (int i = 0; i < 5; ++i) {
    const at::Tensor square = at::bmm(x, x.transpose(1, 2));
    const at::Tensor polynomial = at::baddbmm(square, square, square, /*beta=*/-4.7750, /*alpha=*/2.0315);
    x = at::baddbmm(x, polynomial, x, /*beta=*/3.4445, /*alpha=*/1);
  }
  return (is_tall ? x.transpose(1, 2) : x).to(matrices.scalar_type());
}

void adamw_step(const at::Tensor& value, const at::Tensor& gradient, const AdamWMoments& moments, std::int64_t step,
                double rate, const OptimizerConfig& config) {
  moments.first.mul_(config.beta1).add_(gradient, 1 - config.beta1);
  moments.second.mul_(config.beta2).addcmul_(gradient, gradient, 1 - config.beta2);
  const double n = static_cast<double>(step);
  const double bias1 = 1 - std::pow(config.beta1, n), bias2 = 1 - std::pow(config.beta2, n);
  const at::Tensor scale = (moments.second / bias2).sqrt_().add_(config.epsilon);
  if (value.dim() >= 2) value.mul_(1 - rate * config.weight_decay);
  value.addcdiv_(moments.first, scale, -rate / bias1);
}

Optimizer::Optimizer(std::vector<Parameter> parameters, const RuleOf& rule_of, const OptimizerConfig& config)
    : parameters_(std::move(parameters)), config_(config) {
  std::map<MatrixShape, std::vector<std::size_t>> by_shape;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const at::Tensor& value = parameters_[i].value;
    rules_.push_back(rule_of(parameters_[i]));
    first_.push_back(at::zeros_like(value.detach()));
    const bool is_muon = rules_.back() == UpdateRule::kMuon;
    second_.push_back(is_muon ? at::empty({0}) : at::zeros_like(value.detach()));
    if (is_muon)
      by_shape[matrix_shape(value)].push_back(i);
    else
      adamw_indices_.push_back(i);
  }
  for (const auto& [shape, all] : by_shape)
    for (std::size_t begin = 0; begin < all.size(); begin += kMatricesAtOnce)
      muon_groups_.emplace_back(
          all.begin() + static_cast<std::ptrdiff_t>(begin),
          all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), begin + kMatricesAtOnce)));
}

void Optimizer::step(WorkerPool& pool, const std::vector<at::Tensor>& gradients, double rate_factor) {
  ++steps_;
  const int groups = static_cast<int>(muon_groups_.size());
  pool.run(groups + 1, [&](int task) {
    const at::NoGradGuard no_gradient;
    if (task < groups) {
      muon_update(gradients, muon_groups_[static_cast<std::size_t>(task)], rate_factor);
    } else {
      for (const std::size_t index : adamw_indices_) adamw_update(gradients, index, rate_factor);
    }
  });
}

void Optimizer::adamw_update(const std::vector<at::Tensor>& gradients, std::size_t index, double rate_factor) {
  const double rate = rules_[index] == UpdateRule::kEmbedding ? config_.embedding_rate : config_.adamw_rate;
  adamw_step(parameters_[index].value, gradients[index], {first_[index], second_[index]}, steps_, rate * rate_factor,
             config_);
}

void Optimizer::muon_update(const std::vector<at::Tensor>& gradients, const std::vector<std::size_t>& group,
                            double rate_factor) {
  const auto [rows, columns] = matrix_shape(parameters_[group.front()].value);
  std::vector<at::Tensor> directions;
  for (const std::size_t i : group) {
    first_[i].mul_(config_.muon_momentum).add_(gradients[i]);
    directions.push_back(gradients[i].add(first_[i], config_.muon_momentum).reshape({rows, columns}));
  }
  const at::Tensor updates = orthogonalise(at::stack(directions));
  const double rate = config_.muon_rate * rate_factor;
  const double scale = 0.2 * std::sqrt(static_cast<double>(std::max(rows, columns)));
  for (std::size_t k = 0; k < group.size(); ++k) {
    const at::Tensor& value = parameters_[group[k]].value;
    value.mul_(1 - rate * config_.weight_decay);
    value.add_(updates[static_cast<std::int64_t>(k)].view(value.sizes()), -rate * scale);
  }
}

void Optimizer::save(NamedTensors& state) const {
  save_tensors(parameters_, "optimizer.first.", first_, state);
  for (const std::size_t i : adamw_indices_) state["optimizer.second." + parameters_[i].name] = second_[i];
  state["optimizer.steps"] = at::full({1}, steps_, at::kLong);
}

void Optimizer::load(const NamedTensors& state) {
  load_tensors(parameters_, state, "optimizer.first.", first_);
  for (const std::size_t i : adamw_indices_)
    second_[i].copy_(entry(state, "optimizer.second." + parameters_[i].name, second_[i].sizes()));
  steps_ = entry(state, "optimizer.steps", {1}).item<std::int64_t>();
}

}  // namespace fude::training
