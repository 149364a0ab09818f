#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "core/error.h"
#include "models/adapters/hypernetwork_layout.h"
#include "tensor_index_text.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// Each layer takes what the one before it gives, and the last gives as many values as the first takes.
void check_row(const std::vector<fude::models::HypernetworkLayer>& layers, int64_t width,
               const fude::weights::TensorIndex& index) {
  int64_t in = width;
  for (const fude::models::HypernetworkLayer& layer : layers) {
    const auto& shape = index.at(layer.weight);
    require(shape.size() == 2 && shape[1] == in && index.at(layer.bias) == std::vector{shape[0]});
    in = shape[0];
    if (!layer.norm_weight.empty()) require(index.at(layer.norm_bias) == std::vector{in});
  }
  require(in == width);
}

}  // namespace

/// A hypernetwork's names and shapes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const fude::weights::TensorIndex index = fude::fuzz::read_tensor_index(text);
  try {
    const auto layout = fude::models::read_hypernetwork_layout(index, {{"activation_func", std::string(text)}}, "fuzz");
    for (const auto& [width, sides] : layout.sides) {
      check_row(sides.keys, width, index);
      check_row(sides.values, width, index);
    }
  } catch (const fude::Error&) {  // refused, as most inputs must be
  }
  return 0;
}
