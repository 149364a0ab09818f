#include "weights/state_dict.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace fude::weights {

TensorIndex index_of(const io::TensorFile& file) {
  TensorIndex index;
  for (const auto& [name, record] : file.tensors()) index.emplace(name, record.shape);
  return index;
}

StateDict::StateDict(io::TensorFile file, at::ScalarType type, at::Device device)
    : file_(std::move(file)), type_(type), device_(device) {}

at::Tensor StateDict::take(const std::string& key, at::IntArrayRef shape) {
  const auto found = file_.tensors().find(key);
  if (found == file_.tensors().end()) {
    fail(ErrorCode::kCorruptFile, "'{}': tensor '{}' is missing", file_.name(), printable(key));
  }
  const auto& stored = found->second.shape;
  if (!std::ranges::equal(stored, shape)) {
    fail(ErrorCode::kCorruptFile, "'{}': tensor '{}' has shape [{}], expected [{}]", file_.name(), printable(key),
         fmt::join(stored, ", "), fmt::join(shape, ", "));
  }
  claimed_.insert(key);
  const at::Tensor tensor = file_.tensor(key);
  return tensor.is_floating_point() ? tensor.to(device_, type_) : tensor.to(device_);
}

std::vector<std::string> StateDict::unclaimed(std::string_view prefix) const {
  std::vector<std::string> names;
  for (const auto& [name, record] : file_.tensors()) {
    if (std::string_view(name).substr(0, prefix.size()) == prefix && !claimed_.contains(name)) names.push_back(name);
  }
  return names;
}

}  // namespace fude::weights
