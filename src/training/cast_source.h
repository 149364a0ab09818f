#pragma once

#include <ATen/ATen.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "training/parameter_source.h"
#include "weights/weight_view.h"

namespace fude::training {

/// Hands out parameters converted to another type, the conversion being part of the autograd graph: a module built from
/// it for one step computes in that type while the parameters stay fp32.
class CastSource : public weights::TensorSource {
 public:
  CastSource(const std::vector<Parameter>& parameters, at::ScalarType type);

  /// Throws Error(kInvalidArgument) for a name that is no parameter.
  at::Tensor take(const std::string& key, at::IntArrayRef shape) override;

 private:
  std::unordered_map<std::string, at::Tensor> values_;
  at::ScalarType type_;
};

}  // namespace fude::training
