#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "weights/tensor_index.h"

namespace fude::models {

/// Where in a checkpoint the weights of one module lie.
struct ModuleTarget {
  std::string weight{};   // name of the tensor
  std::string bias{};     // may name a tensor that is not there
  int64_t first_row = 0;  // of a module that is some rows of both tensors: OpenCLIP keeps q, k and v in one
  int64_t row_count = 0;  // 0: all of them
  bool is_text = false;   // of a text encoder, else of the U-Net
  /// Where in the U-Net: "IN00" to "IN11", "M00", "OUT00" to "OUT11", as block weights count; "BASE" for text encoders;
  /// empty for what lies outside all blocks.
  std::string block{};
};

/// The modules of a Stable Diffusion checkpoint (1.x, 2.x, SDXL) under every name by which adapters call them. A
/// flattened name ("down_blocks_0_attentions_0") cannot be taken apart again, so the checkpoint's own names are
/// translated: a U-Net's block is found by its name of the original release and by that of diffusers.
class ModuleTable {
 public:
  explicit ModuleTable(const weights::TensorIndex& checkpoint);

  /// `name` as in AdapterModule; null when the checkpoint has no such module.
  const ModuleTarget* find(const std::string& name) const;

  /// All names and what they stand for; a module may have several.
  const std::map<std::string, ModuleTarget>& targets() const { return targets_; }

  std::size_t size() const { return targets_.size(); }

 private:
  void add_unet(const weights::TensorIndex& checkpoint);
  void add_clip(const weights::TensorIndex& checkpoint, std::string_view prefix, std::string_view alias);
  void add_open_clip(const weights::TensorIndex& checkpoint, std::string_view prefix, std::string_view alias);
  void add(std::string_view alias, std::string_view path, const ModuleTarget& target);

  std::map<std::string, ModuleTarget> targets_;
};

}  // namespace fude::models
