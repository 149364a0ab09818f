#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <string>
#include <vector>

#include "weights/weight_view.h"

namespace fude::training {

/// A named trainable tensor: an fp32 leaf of the autograd graph, shared with the module that was built from it.
struct Parameter {
  std::string name;
  at::Tensor value;
};

/// Makes the first value of a parameter from its name and shape.
using Initialiser = std::function<at::Tensor(const std::string& name, at::IntArrayRef shape)>;

/// Makes a module's weights while it is built, and remembers them in the order in which they were asked for: the
/// optimizer, the moving average and checkpoints all walk this list.
class ParameterSource : public weights::TensorSource {
 public:
  ParameterSource(Initialiser initialise, at::Device device);

  /// Throws Error(kInvalidArgument) when `key` was taken before.
  at::Tensor take(const std::string& key, at::IntArrayRef shape) override;

  const std::vector<Parameter>& parameters() const { return parameters_; }

 private:
  Initialiser initialise_;
  at::Device device_;
  std::vector<Parameter> parameters_;
};

}  // namespace fude::training
