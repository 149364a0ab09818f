#include "weights/tensor_index.h"

#include <algorithm>

#include "core/error.h"

namespace fude::weights {

const std::vector<int64_t>& shape_of(const TensorIndex& index, const std::string& key) {
  const auto found = index.find(key);
  if (found == index.end()) fail(ErrorCode::kUnsupportedModel, "tensor '{}' is missing", printable(key));
  return found->second;
}

int64_t size_of(const TensorIndex& index, const std::string& key, std::size_t dim) {
  const auto& shape = shape_of(index, key);
  if (dim >= shape.size()) {
    fail(ErrorCode::kUnsupportedModel, "tensor '{}' has {} dimensions, expected at least {}", printable(key),
         shape.size(), dim + 1);
  }
  return shape[dim];
}

bool has_prefix(const TensorIndex& index, std::string_view prefix) {
  const auto first = index.lower_bound(std::string(prefix));
  return first != index.end() && std::string_view(first->first).substr(0, prefix.size()) == prefix;
}

TensorIndex sub_index(const TensorIndex& index, std::string_view prefix) {
  TensorIndex inside;
  for (auto entry = index.lower_bound(std::string(prefix)); entry != index.end(); ++entry) {
    if (std::string_view(entry->first).substr(0, prefix.size()) != prefix) break;
    inside.emplace(entry->first.substr(prefix.size()), entry->second);
  }
  return inside;
}

int64_t count_numbered(const TensorIndex& index, const std::string& prefix, const std::string& suffix) {
  int64_t count = 0;
  while (index.contains(prefix + std::to_string(count) + suffix)) ++count;
  return count;
}

void require_sound_shapes(const TensorIndex& index) {
  constexpr int64_t kLongestSide = 1 << 16;
  for (const auto& [name, shape] : index) {
    const bool is_sound = std::ranges::all_of(shape, [](int64_t side) { return side >= 1 && side <= kLongestSide; });
    if (is_sound) continue;
    fail(ErrorCode::kCorruptFile, "tensor '{}' has a dimension that is empty or longer than {}", printable(name),
         kLongestSide);
  }
}

}  // namespace fude::weights
