#include "training/moving_average.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <utility>

namespace fude::training {

MovingAverage::MovingAverage(std::vector<Parameter> parameters, double decay)
    : parameters_(std::move(parameters)), decay_(decay) {
  for (const Parameter& p : parameters_) values_.push_back(p.value.detach().clone());
}

void MovingAverage::update(std::int64_t step) {
  const at::NoGradGuard no_gradient;
  const double n = static_cast<double>(step);
  const double decay = std::min(decay_, (1 + n) / (10 + n));
  for (std::size_t i = 0; i < parameters_.size(); ++i) values_[i].lerp_(parameters_[i].value, 1 - decay);
}

void MovingAverage::swap() {
  const at::NoGradGuard no_gradient;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const at::Tensor kept = parameters_[i].value.clone();
    parameters_[i].value.copy_(values_[i]);
    values_[i].copy_(kept);
  }
}

void MovingAverage::save(NamedTensors& state) const { save_tensors(parameters_, "average.", values_, state); }
void MovingAverage::load(const NamedTensors& state) { load_tensors(parameters_, state, "average.", values_); }

}  // namespace fude::training
