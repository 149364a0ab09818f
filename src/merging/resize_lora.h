#pragma once

#include "io/tensor_file.h"
#include "merging/lora_file.h"

namespace fude::merging {

/// Ranks of a LoRA that is made.
struct LoraRanks {
  RankRule linear;  // matrices, and convolutions of one pixel
  RankRule conv;    // larger kernels

  const RankRule& of(const LoraLayer& layer) const;
};

/// The same LoRA with other ranks: each layer's product is approximated, its scale stays. What is not a plain LoRA
/// layer is copied. Names stay as they are. Throws Error as read_lora_layer() does, kUnsupportedModel for a file
/// without any such layer, and what `on_layer` throws.
LoraTensors resize_lora(const io::TensorFile& file, const LoraRanks& ranks, StorageType type,
                        const LayerProgress& on_layer = {});

}  // namespace fude::merging
