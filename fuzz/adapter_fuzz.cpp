#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "models/adapters/adapter_layout.h"
#include "models/adapters/block_weights.h"
#include "models/adapters/module_table.h"
#include "tensor_index_text.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// An adapter's names and shapes, the shapes of weights it may be for, and its text as block weights and as the names
/// of a checkpoint.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const fude::weights::TensorIndex index = fude::fuzz::read_tensor_index(text);
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
  for (const std::string& word : layout.bundled_words) {
    tensors += fude::weights::sub_index(index, std::string(fude::models::kBundledPrefix) + word + ".").size();
  }
  require(tensors == index.size());
  static_cast<void>(fude::models::BlockWeights::parse(text));
  return 0;
}
