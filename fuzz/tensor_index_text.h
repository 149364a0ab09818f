#pragma once

#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weights/tensor_index.h"

namespace fude::fuzz {

/// Lines "NAME SIZE SIZE ..", as a file's header would list its tensors. Readers of files refuse tensors that do not
/// lie in the file, so sizes stay within reason here as well.
inline weights::TensorIndex read_tensor_index(std::string_view text) {
  weights::TensorIndex index;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    std::vector<int64_t> shape;
    int64_t count = 1;
    for (int64_t size = 0; words >> size && shape.size() < 6;) {
      constexpr int64_t kMostElements = int64_t{1} << 40;
      if (size < 0 || (size > 0 && count > kMostElements / size)) return index;
      if (size > 0) count *= size;
      shape.push_back(size);
    }
    index.emplace(std::move(name), std::move(shape));
  }
  return index;
}

}  // namespace fude::fuzz
