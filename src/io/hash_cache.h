#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace fude::io {

/// What tells a file from what it was before.
struct FileStamp {
  std::filesystem::path path;  // absolute, links followed
  std::uintmax_t size = 0;     // bytes
  std::int64_t changed = 0;    // nanoseconds, by the clock of std::filesystem

  bool operator==(const FileStamp&) const = default;
};

/// Absent for what is no file (a folder, nothing). Take it before reading what it stamps.
std::optional<FileStamp> stamp_of(const std::filesystem::path& path);

/// SHA-256 of files that were hashed before, in one small file. What it knows may be lost at any time: a file that is
/// damaged or cannot be written counts as empty.
class HashCache {
 public:
  /// `file` need not exist; empty: nothing is kept.
  explicit HashCache(std::filesystem::path file);

  /// 64 hexadecimal digits.
  std::optional<std::string> find(const FileStamp& stamp) const;

  /// Keeps it for the next time, unless the file changed within the last seconds: a change that follows at once may
  /// leave the stamp as it is.
  void keep(const FileStamp& stamp, const std::string& sha256) const;

 private:
  class Known;

  std::filesystem::path file_;
  std::shared_ptr<Known> known_;  // what was read last; copies of a cache share it, and any thread may
};

}  // namespace fude::io
