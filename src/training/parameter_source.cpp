#include "training/parameter_source.h"

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace fude::training {

ParameterSource::ParameterSource(Initialiser initialise, at::Device device)
    : initialise_(std::move(initialise)), device_(device) {}

at::Tensor ParameterSource::take(const std::string& key, at::IntArrayRef shape) {
  const bool is_known =
      std::any_of(parameters_.begin(), parameters_.end(), [&](const Parameter& p) { return p.name == key; });
  if (is_known) fail(ErrorCode::kInvalidArgument, "parameter '{}' is used by two layers, expected one", printable(key));
  at::Tensor value = initialise_(key, shape).to(device_, at::kFloat).contiguous().detach().requires_grad_();
  parameters_.push_back({key, value});
  return value;
}

}  // namespace fude::training
