#include "training/named_tensors.h"

#include <ATen/core/grad_mode.h>

#include "core/error.h"

namespace fude::training {
namespace {

std::vector<at::Tensor> values_of(const std::vector<Parameter>& parameters) {
  std::vector<at::Tensor> values;
  for (const Parameter& p : parameters) values.push_back(p.value.detach());
  return values;
}

}  // namespace

at::Tensor entry(const NamedTensors& state, const std::string& name, at::IntArrayRef shape) {
  const auto found = state.find(name);
  if (found == state.end()) fail(ErrorCode::kCorruptFile, "checkpoint lacks tensor '{}'", printable(name));
  if (found->second.sizes() != shape)
    fail(ErrorCode::kCorruptFile, "checkpoint tensor '{}' has shape {}, expected {}", printable(name),
         c10::str(found->second.sizes()), c10::str(shape));
  return found->second;
}

void load_tensors(const std::vector<Parameter>& parameters, const NamedTensors& state, const std::string& prefix,
                  const std::vector<at::Tensor>& tensors) {
  const at::NoGradGuard no_gradient;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    tensors[i].copy_(entry(state, prefix + parameters[i].name, tensors[i].sizes()));
}

void save_tensors(const std::vector<Parameter>& parameters, const std::string& prefix,
                  const std::vector<at::Tensor>& tensors, NamedTensors& state) {
  for (std::size_t i = 0; i < parameters.size(); ++i) state[prefix + parameters[i].name] = tensors[i].detach();
}

void load_parameters(const std::vector<Parameter>& parameters, const NamedTensors& state, const std::string& prefix) {
  load_tensors(parameters, state, prefix, values_of(parameters));
}

void save_parameters(const std::vector<Parameter>& parameters, const std::string& prefix, NamedTensors& state) {
  save_tensors(parameters, prefix, values_of(parameters), state);
}

}  // namespace fude::training
