#include "training/cast_source.h"

#include "core/error.h"

namespace fude::training {

CastSource::CastSource(const std::vector<Parameter>& parameters, at::ScalarType type) : type_(type) {
  for (const Parameter& p : parameters) values_.emplace(p.name, p.value);
}

at::Tensor CastSource::take(const std::string& key, at::IntArrayRef shape) {
  const auto found = values_.find(key);
  if (found == values_.end() || found->second.sizes() != shape)
    fail(ErrorCode::kInvalidArgument, "there is no parameter '{}' of shape {}", printable(key), c10::str(shape));
  return found->second.to(type_);
}

}  // namespace fude::training
