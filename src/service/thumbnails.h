#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <semaphore>
#include <vector>

#include "service/picture.h"

namespace fude::service {

/// Small pictures of large ones, kept in a folder of their own that may be deleted at any time. For any thread; few at
/// a time are made, for a large picture takes much memory while it shrinks.
class Thumbnails {
 public:
  static constexpr int kSmallest = 64, kLargest = 1024;  // pixels, the longer side

  /// `most_bytes`: when the folder holds more, the oldest are deleted.
  explicit Thumbnails(std::filesystem::path folder, std::uint64_t most_bytes = std::uint64_t{1} << 30);

  /// WebP of `file`, which is `picture`'s. `side`: rounded up to a multiple of 64; a smaller picture keeps its size.
  /// Throws Error: kInvalidArgument (side), kCorruptFile, kNotFound.
  std::vector<std::byte> get(const Picture& picture, const std::filesystem::path& file, int side) const;

 private:
  void keep(const std::filesystem::path& file, const std::vector<std::byte>& bytes) const;
  void prune() const;

  std::filesystem::path folder_;
  std::uint64_t most_bytes_;
  mutable std::counting_semaphore<2> makers_{2};
  mutable std::mutex lock_;
  mutable std::uint64_t bytes_ = 0;  // in the folder, about
  mutable bool is_counted_ = false;
};

}  // namespace fude::service
