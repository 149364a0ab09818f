#pragma once

#include <ATen/ATen.h>

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>

#include "nn/layers.h"

namespace fude::nn {

/// One context, and what linear layers made of it. It stays the same for many steps of a picture, and so do the keys
/// and values of every cross-attention.
class KeptContext {
 public:
  explicit KeptContext(at::Tensor context) : context_(std::move(context)) {}

  /// Whether it is this very one, number by number.
  bool is(const at::Tensor& context) const;

  /// layer.forward(context): computed the first time, and again when the layer's weights have changed. The layer must
  /// outlive this object.
  at::Tensor through(const Linear& layer);

 private:
  struct Product {
    std::uint64_t changes = 0;  // of the layer, when it was made
    at::Tensor made = {};
  };

  at::Tensor context_;
  std::unordered_map<const Linear*, Product> products_;
};

/// The contexts that a denoiser met last: those of both halves of the guidance and of prompts that change over time.
/// For one network and one forward pass at a time.
class ContextMemory {
 public:
  static constexpr std::size_t kContexts = 4;  // Stable Diffusion 1: 8 MB each in bf16; XL: 26 MB

  /// What is kept of `context`, for the next pass; a new one when it was not met, in place of the one that was not
  /// asked for longest. Null where comparing would not be cheap: on a GPU.
  KeptContext* find_or_add(const at::Tensor& context);

 private:
  std::list<KeptContext> kept_;  // the latest first
};

}  // namespace fude::nn
