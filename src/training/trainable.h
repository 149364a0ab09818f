#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "training/gradients.h"
#include "training/named_tensors.h"

namespace fude::training {

/// Where in its stage a step stands.
struct StepPlace {
  std::int64_t step = 0;   // counts from 0
  double progress = 0;     // share of the stage's budget that is spent, in [0, 1]
  double rate_factor = 1;  // of the learning rates
};

/// A network in training. All randomness of a step comes from the configured seed and the step's number, so that a
/// stage that was interrupted goes on exactly as if it had not been.
class Trainable {
 public:
  virtual ~Trainable() = default;

  virtual Metrics step(const StepPlace& place) = 0;

  /// Everything that has to survive a restart; and back.
  virtual void save(NamedTensors& state) const = 0;
  virtual void load(const NamedTensors& state) = 0;

  /// Pictures that show how far it is: uint8 [N,H,W,3].
  virtual at::Tensor samples() = 0;
  virtual std::int64_t sample_columns() const = 0;
};

}  // namespace fude::training
