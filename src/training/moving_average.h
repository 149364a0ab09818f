#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "training/named_tensors.h"
#include "training/parameter_source.h"

namespace fude::training {

/// Exponential moving average of the parameters; short at first, so that the random start is forgotten quickly.
class MovingAverage {
 public:
  /// `decay` in [0, 1): the share of the old average kept by one step once warm.
  MovingAverage(std::vector<Parameter> parameters, double decay);

  void update(std::int64_t step);

  /// Exchanges the parameters' values with the average's; a second call changes them back.
  void swap();

  const std::vector<at::Tensor>& values() const { return values_; }
  void save(NamedTensors& state) const;
  void load(const NamedTensors& state);

 private:
  std::vector<Parameter> parameters_;
  std::vector<at::Tensor> values_;
  double decay_;
};

/// While it lives, the parameters hold the average.
class AveragedWeights {
 public:
  explicit AveragedWeights(MovingAverage& average) : average_(average) { average_.swap(); }
  ~AveragedWeights() { average_.swap(); }
  AveragedWeights(const AveragedWeights&) = delete;
  AveragedWeights& operator=(const AveragedWeights&) = delete;

 private:
  MovingAverage& average_;
};

}  // namespace fude::training
