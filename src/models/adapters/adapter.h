#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/tensor_file.h"
#include "models/adapters/adapter_layout.h"
#include "models/adapters/block_weights.h"
#include "models/adapters/module_table.h"
#include "models/adapters/textual_inversion.h"
#include "weights/live_weights.h"

namespace fude::models {

/// How strongly an adapter acts.
struct AdapterStrength {
  double text = 1;
  double unet = 1;
  std::optional<int64_t> dynamic_rank = {};  // see ChangeStrength
  std::optional<BlockWeights> blocks = {};
};

/// A LoRA or one of its kin: changes of a model's weights, stored apart from it, and words it may carry.
class Adapter {
 public:
  /// `id` tells this file and version from others, such as path, size and time. Reads all values once, to know which
  /// are damaged. Throws Error(kUnsupportedModel) when the file holds no change of any weight.
  Adapter(io::TensorFile file, std::string id);

  const io::TensorFile& file() const { return file_; }
  const AdapterLayout& layout() const { return layout_; }
  const std::string& id() const { return id_; }

  /// Textual inversions that came with it.
  const std::vector<TextualInversion>& words() const { return words_; }
  /// Why some that it says it carries are not among them, one line each.
  const std::vector<std::string>& word_problems() const { return word_problems_; }

  /// Why a module's values cannot be used, whatever the model; empty when they can.
  std::string damage_of(const AdapterModule& module) const;

 private:
  io::TensorFile file_;
  std::string id_;
  AdapterLayout layout_;
  std::map<std::string, std::string> damages_;  // by module
  std::vector<TextualInversion> words_;
  std::vector<std::string> word_problems_;
};

/// What became of an adapter's modules.
struct PatchCount {
  std::size_t applied = 0;            // modules
  std::vector<std::string> homeless;  // the model has no such module
  std::vector<std::string> misfits;   // "'unet_..' makes a change of [8, 8] for a weight of [32, 32]"
};

/// Adds an adapter's patches to those of the adapters before it. `checkpoint`: names and shapes of the model's file,
/// from which `table` was made. Modules that do not fit are left out. The patches keep the adapter alive.
PatchCount add_patches(const std::shared_ptr<const Adapter>& adapter, const AdapterStrength& strength,
                       const weights::TensorIndex& checkpoint, const ModuleTable& table,
                       weights::WeightPatches& patches);

}  // namespace fude::models
