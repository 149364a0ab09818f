#pragma once

#include <ATen/ATen.h>

#include <map>
#include <string>
#include <vector>

#include "training/parameter_source.h"

namespace fude::training {

/// Named tensors of a checkpoint.
using NamedTensors = std::map<std::string, at::Tensor>;

/// The tensor `name` of `state`. Throws Error(kCorruptFile) when it is missing or has another shape.
at::Tensor entry(const NamedTensors& state, const std::string& name, at::IntArrayRef shape);

/// Copies "<prefix><name>" of `state` into each of `tensors`, which are named by `parameters`. Throws as `entry` does.
void load_tensors(const std::vector<Parameter>& parameters, const NamedTensors& state, const std::string& prefix,
                  const std::vector<at::Tensor>& tensors);

/// Adds "<prefix><name>" for each of `tensors`; they share memory with the state.
void save_tensors(const std::vector<Parameter>& parameters, const std::string& prefix,
                  const std::vector<at::Tensor>& tensors, NamedTensors& state);

/// The same for the parameters' own values.
void load_parameters(const std::vector<Parameter>& parameters, const NamedTensors& state, const std::string& prefix);
void save_parameters(const std::vector<Parameter>& parameters, const std::string& prefix, NamedTensors& state);

}  // namespace fude::training
