#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "service/ids.h"

namespace fude::service {

/// Films of how pictures came to be, one file a picture: animated WebP, in a folder of their own. When there is no room
/// for a new one, the oldest go; a picture loses nothing by that. Safe in any thread.
class FilmStore {
 public:
  /// Bytes of all films together.
  static constexpr std::int64_t kMostBytes = std::int64_t{1} << 30;

  /// `folder` is made when the first film comes; nothing else may lie in it.
  explicit FilmStore(std::filesystem::path folder, std::int64_t most_bytes = kMostBytes)
      : folder_(std::move(folder)), most_bytes_(most_bytes) {}

  /// Throws Error as platform::AtomicFile.
  void put(PictureId picture, std::span<const std::byte> webp);

  bool has(PictureId picture) const;

  /// Throws Error(kNotFound) for a picture without one.
  std::vector<std::byte> read(PictureId picture) const;

 private:
  std::filesystem::path path_of(PictureId picture) const;
  void make_room(std::int64_t bytes) const;

  std::filesystem::path folder_;
  std::int64_t most_bytes_;
  mutable std::mutex mutex_;
};

}  // namespace fude::service
