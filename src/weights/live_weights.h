#pragma once

#include <ATen/ATen.h>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "io/tensor_file.h"
#include "weights/weight_layout.h"
#include "weights/weight_view.h"

namespace fude::weights {

/// A change of one stored tensor, such as an adapter's share of one layer.
struct WeightPatch {
  std::string id;  // patches of one id change a tensor alike
  /// (the tensor so far, fp32, its own to overwrite) -> the changed tensor of the same shape.
  std::function<at::Tensor(at::Tensor)> apply;
};

/// The patches of each tensor, by the checkpoint's name of it, in the order in which they are applied.
using WeightPatches = std::map<std::string, std::vector<WeightPatch>>;

/// The weights of a model that is built, by the checkpoint's names: the very tensors its layers hold, or what keeps
/// them in a form of its own. A patched weight is computed from the file, so that nothing adds up, and taking a patch
/// away brings the same bits back.
class LiveWeights {
 public:
  using Handle = std::variant<at::Tensor, WeightKeeper>;
  using Handles = std::multimap<std::string, Handle>;

  LiveWeights(io::TensorFile file, WeightLayout layout, Handles handles)
      : file_(std::move(file)), layout_(layout), handles_(std::move(handles)) {}

  /// Makes these the patches in force. Only tensors whose patches differ (by id) from those they have are made anew;
  /// names of which the model has no tensor are passed over. Returns how many names were made anew.
  /// Not while the model runs. When a patch throws, the tensors before it have changed and the others have not.
  std::size_t set_patches(const WeightPatches& patches);

  const io::TensorFile& file() const { return file_; }
  bool contains(const std::string& name) const { return handles_.contains(name); }

 private:
  using Ids = std::vector<std::string>;

  void remake(const std::string& name, const std::vector<WeightPatch>& patches);

  io::TensorFile file_;
  WeightLayout layout_;
  Handles handles_;
  std::map<std::string, Ids> in_force_;  // of patched names only
};

}  // namespace fude::weights
