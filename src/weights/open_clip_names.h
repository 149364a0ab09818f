#pragma once

#include <ATen/ATen.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "weights/weight_view.h"

namespace fude::weights {

/// Where an OpenCLIP text encoder keeps a tensor that Hugging Face's CLIP knows by a name of its own.
struct OpenClipPlace {
  std::string key;
  int64_t part = 0;  // which of `parts` equal blocks of rows it is: one matrix makes queries, keys and values
  int64_t parts = 1;
  bool is_transposed = false;
};

/// The place of `name`, which is one below "text_model." ("encoder.layers.3.self_attn.k_proj.weight"), or
/// "text_projection.weight". Absent for any other name.
std::optional<OpenClipPlace> open_clip_place(std::string_view name);

/// A text encoder in OpenCLIP's layout, handed out under Hugging Face's names. The view must outlive it.
class OpenClipSource : public TensorSource {
 public:
  /// `stored` is where "token_embedding.weight" lies.
  explicit OpenClipSource(WeightView stored) : stored_(std::move(stored)) {}

  at::Tensor take(const std::string& key, at::IntArrayRef shape) override;
  void keep(const std::string& key, at::IntArrayRef shape, WeightKeeper keeper) override;

 private:
  WeightView stored_;
  std::map<std::string, at::Tensor> shared_;  // tensors with several parts, converted once
};

}  // namespace fude::weights
