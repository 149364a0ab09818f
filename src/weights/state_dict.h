#pragma once

#include <ATen/ATen.h>

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/tensor_file.h"
#include "weights/live_weights.h"
#include "weights/tensor_index.h"
#include "weights/travelling_weights.h"
#include "weights/weight_view.h"

namespace fude::weights {

/// Names and shapes of everything in the file.
TensorIndex index_of(const io::TensorFile& file);

/// A checkpoint file as a source of weights. Tensors that already have the wanted type and order on the CPU stay views
/// of the mapped file; others are converted when they are taken.
class StateDict : public TensorSource {
 public:
  /// `type` is the compute type of floating-point tensors; integer tensors keep theirs.
  StateDict(io::TensorFile file, at::ScalarType type, at::Device device = at::kCPU);
  StateDict(io::TensorFile file, WeightLayout layout);

  /// Gives the large weights of the network below `prefix` into the care of `network`; null: to the layers. To be
  /// called before they are taken. The longest prefix counts.
  void let_travel(std::string prefix, std::shared_ptr<TravellingWeights> network);

  at::Tensor take(const std::string& key, at::IntArrayRef shape) override;
  void keep(const std::string& key, at::IntArrayRef shape, WeightKeeper keeper) override;

  /// Names beginning with `prefix` that nobody took: a forgotten layer, or a file that is more than it should be.
  std::vector<std::string> unclaimed(std::string_view prefix) const;

  /// What was taken so far below one of `prefixes`, for a model whose weights shall be patched once it is built. A
  /// layer takes part as long as it holds the tensor it took or a view of it, not a copy.
  LiveWeights live(std::span<const std::string_view> prefixes) const;

  const io::TensorFile& file() const { return file_; }
  WeightView root() { return WeightView(*this); }

 private:
  /// The tensor as it is stored. Throws Error(kCorruptFile).
  at::Tensor stored(const std::string& key, at::IntArrayRef shape) const;
  void forget(const at::Tensor& stored) const;
  std::shared_ptr<TravellingWeights> network_of(const std::string& key) const;

  io::TensorFile file_;
  WeightLayout layout_;
  std::map<std::string, std::shared_ptr<TravellingWeights>> networks_;  // by prefix
  LiveWeights::Handles taken_;
};

}  // namespace fude::weights
