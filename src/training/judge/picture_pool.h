#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "training/painter/random.h"

namespace fude::judge {

/// Pictures and their right answers.
struct Batch {
  at::Tensor pictures;  // uint8 [B,3,256,256]
  at::Tensor targets;   // int64 [B, groups]
};

/// Pictures `first`.. `first + count - 1` of a data set, painted now.
Batch paint_batch(std::uint64_t seed, std::uint64_t first, std::int64_t count);

/// The latest pictures of an endless data set; each serves several batches before a fresh one takes its place.
class PicturePool {
 public:
  PicturePool(std::uint64_t seed, std::int64_t capacity);

  /// Paints the next `count` pictures; beyond the capacity they replace the oldest.
  void refresh(std::int64_t count);

  /// Any `count` of the pool, changed a little each time: mirrored, shifted, enlarged, softened as an
  /// autoencoder would, brightened or dimmed. The pool must not be empty. Pictures come as the network takes them:
  /// float in [-1, 1].
  Batch draw(std::int64_t count, painter::Random& random) const;

  std::int64_t painted() const { return painted_; }

 private:
  std::uint64_t seed_;
  std::int64_t painted_ = 0;
  at::Tensor pictures_, targets_;
};

}  // namespace fude::judge
