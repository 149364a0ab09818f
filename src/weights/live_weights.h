#pragma once

#include <ATen/ATen.h>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "io/tensor_file.h"

namespace fude::weights {

/// A change of one stored tensor, such as an adapter's share of one layer.
struct WeightPatch {
  std::string id;  // patches of one id change a tensor alike
  /// (the tensor so far, fp32, its own to overwrite) -> the changed tensor of the same shape.
  std::function<at::Tensor(at::Tensor)> apply;
};

/// The patches of each tensor, by the checkpoint's name of it, in the order in which they are applied.
using WeightPatches = std::map<std::string, std::vector<WeightPatch>>;

/// How a stored tensor becomes what a layer computes with: floating-point ones in `type` (convolution weights
/// channels-last, as ops::conv2d wants them), integer ones as they are.
struct WeightLayout {
  at::ScalarType type = at::kFloat;
  at::Device device = at::kCPU;

  at::Tensor prepare(const at::Tensor& stored) const;
};

/// The weights of a model that is built: the very tensors its layers hold, by the checkpoint's names. A patched weight
/// is computed from the file, so that nothing adds up, and taking a patch away brings the same bits back.
class LiveWeights {
 public:
  using Handles = std::multimap<std::string, at::Tensor>;

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
