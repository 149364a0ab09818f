#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/tensor_file.h"
#include "merging/lora_file.h"
#include "merging/resize_lora.h"

namespace fude::merging {

/// A LoRA that takes part, and how strongly.
struct LoraShare {
  std::string name;
  io::TensorFile file;
  double text = 1;
  double unet = 1;
};

/// One LoRA that does what several together do. Without `ranks` their factors are put side by side: exact, and the rank
/// is the sum of theirs; with `ranks` the sum of their products is approximated. Layers get kohya's names; metadata
/// tells the parents and carries their licences.
/// Throws Error as read_lora_layer() does, kInvalidArgument for layers of different shapes, and what `on_layer` throws.
LoraTensors merge_loras(const std::vector<LoraShare>& shares, const std::optional<LoraRanks>& ranks, StorageType type,
                        const LayerProgress& on_layer = {});

}  // namespace fude::merging
