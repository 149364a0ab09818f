#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/tensor_file.h"
#include "models/adapters/adapter_layout.h"
#include "models/adapters/block_weights.h"
#include "models/adapters/module_table.h"
#include "weights/live_weights.h"

namespace fude::models {

/// How strongly an adapter acts.
struct AdapterStrength {
  double text = 1;
  double unet = 1;
  std::optional<int64_t> dynamic_rank = {};  // see ChangeStrength
  std::optional<BlockWeights> blocks = {};
};

/// A LoRA or one of its kin: changes of a model's weights, stored apart from it.
class Adapter {
 public:
  /// `id` tells this file and version from others, such as path, size and time.
  /// Throws Error(kUnsupportedModel) when the file holds no change of any weight.
  Adapter(io::TensorFile file, std::string id);

  const io::TensorFile& file() const { return file_; }
  const AdapterLayout& layout() const { return layout_; }
  const std::string& id() const { return id_; }

 private:
  io::TensorFile file_;
  std::string id_;
  AdapterLayout layout_;
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
