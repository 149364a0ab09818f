#include <cstdint>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "models/adapters/adapter_layout.h"
#include "models/adapters/block_weights.h"
#include "models/adapters/module_table.h"

namespace {

/// Lines "NAME SIZE SIZE ..", as a file's header would list its tensors.
fude::weights::TensorIndex index_of(std::string_view text) {
  fude::weights::TensorIndex index;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    std::vector<int64_t> shape;
    int64_t count = 1;
    for (int64_t size = 0; words >> size && shape.size() < 6;) {
      constexpr int64_t kMostElements = int64_t{1} << 40;  // readers refuse what does not lie in the file
      if (size < 0 || (size > 0 && count > kMostElements / size)) return index;
      if (size > 0) count *= size;
      shape.push_back(size);
    }
    index.emplace(std::move(name), std::move(shape));
  }
  return index;
}

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// An adapter's names and shapes, the shapes of weights it may be for, and its text as block weights and as the names
/// of a checkpoint.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const fude::weights::TensorIndex index = index_of(text);
  const fude::models::AdapterLayout layout = fude::models::read_adapter_layout(index);
  std::size_t tensors = layout.strange_keys.size();
  const fude::models::ModuleTable table(index);
  for (const fude::models::AdapterModule& module : layout.modules) {
    tensors += module.parts.size();
    for (const auto& [name, shape] : index) static_cast<void>(fude::models::misfit(module, shape));
    for (const std::vector<int64_t>& shape : {std::vector<int64_t>{8, 6}, {8, 6, 3, 3}, {8}, {}}) {
      if (fude::models::misfit(module, shape).empty()) require(!shape.empty() && module.rank >= 0);
    }
    if (const auto* target = table.find(module.name)) require(index.contains(target->weight));
  }
  require(tensors == index.size());
  static_cast<void>(fude::models::BlockWeights::parse(text));
  return 0;
}
