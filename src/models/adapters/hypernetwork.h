#pragma once

#include <ATen/ATen.h>

#include <map>
#include <utility>
#include <vector>

#include "io/tensor_file.h"

namespace fude::models {

/// A small network that changes what attention reads: x + strength * layers(x), per width of x one for the keys and one
/// for the values. (The web UI's hypernetworks, its modules/hypernetworks; spec: training.md 8.2.)
class Hypernetwork {
 public:
  /// The weights are taken to `options`' type and device. Throws Error: what read_hypernetwork_layout() throws,
  /// kUnsupportedModel (an activation that is not known), kCorruptFile (values that are no numbers).
  Hypernetwork(const io::TensorFile& file, const at::TensorOptions& options);

  /// What keys and values are made from instead of context [B,M,D]; the context itself for a D it has no layers for.
  std::pair<at::Tensor, at::Tensor> apply(const at::Tensor& for_keys, const at::Tensor& for_values,
                                          double strength) const;

  /// The widths it has layers for.
  std::vector<int64_t> widths() const;

 private:
  using Activation = at::Tensor (*)(const at::Tensor&);

  struct Layer {
    at::Tensor weight, bias;                // [out,in], [out]
    Activation activation = nullptr;        // null: none
    at::Tensor norm_weight{}, norm_bias{};  // [out]; undefined: no normalisation
  };
  using Layers = std::vector<Layer>;

  struct Pair {
    Layers keys, values;
  };

  static at::Tensor run(const Layers& layers, const at::Tensor& x, double strength);

  std::map<int64_t, Pair> pairs_;
};

}  // namespace fude::models
