#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "weights/tensor_index.h"

namespace fude::models {

/// One layer of a hypernetwork: which tensors of the file it is made of. Their shapes have been checked.
struct HypernetworkLayer {
  std::string weight;         // [out,in]
  std::string bias;           // [out]
  std::string norm_weight{};  // [out]; empty: no normalisation
  std::string norm_bias{};
};

/// The layers in front of the keys and those in front of the values, for one width of what attention reads. Each of
/// them takes and gives as many values as that width; none: that side stays as it is.
struct HypernetworkSides {
  std::vector<HypernetworkLayer> keys, values;
};

struct HypernetworkLayout {
  std::map<int64_t, HypernetworkSides> sides;  // by width
  std::string activation;                      // the web UI's name for it; empty: none
  bool activates_output = true;                // the last layer, too
};

/// Whether a tensor of this name can only be a hypernetwork's: "768.0.linear.2.weight".
bool is_hypernetwork_tensor(std::string_view name);

/// Reads a hypernetwork off its tensors' names ("768.0.linear.2.weight") and shapes, and the options beside them.
/// `file`: its name, for messages. Throws Error: kUnsupportedModel (no hypernetwork), kCorruptFile (layers that do not
/// follow on each other).
HypernetworkLayout read_hypernetwork_layout(const weights::TensorIndex& index,
                                            const std::map<std::string, std::string>& metadata, std::string_view file);

}  // namespace fude::models
