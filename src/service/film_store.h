#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "service/picture.h"

namespace fude::service {

/// Films of how pictures came to be: animated WebP, in a folder of their own. A film is kept under its picture's
/// fingerprint, which outlasts moved files and a database that is made anew, where numbers begin again; copies of a
/// picture have one film. When there is no room for a new one, the oldest go; a picture loses nothing by that. Safe in
/// any thread.
class FilmStore {
 public:
  /// Bytes of all films together.
  static constexpr std::int64_t kMostBytes = std::int64_t{1} << 30;

  /// `folder` is made when the first film comes; nothing else may lie in it.
  explicit FilmStore(std::filesystem::path folder, std::int64_t most_bytes = kMostBytes)
      : folder_(std::move(folder)), most_bytes_(most_bytes) {}

  /// Throws Error as platform::AtomicFile.
  void put(const Picture& picture, std::span<const std::byte> webp);

  bool has(const Picture& picture) const;

  /// Throws Error(kNotFound) for a picture without one.
  std::vector<std::byte> read(const Picture& picture) const;

  /// Without effect where there is none.
  void remove(const Picture& picture);

 private:
  std::filesystem::path path_of(const Picture& picture) const;
  void make_room(std::int64_t bytes) const;

  std::filesystem::path folder_;
  std::int64_t most_bytes_;
  mutable std::mutex mutex_;
};

}  // namespace fude::service
