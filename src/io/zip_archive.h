#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fude::io {

/// The list of files in a ZIP archive that lies in memory (PKWARE APPNOTE 6.3, with ZIP64; no encryption, one disk).
/// Views into the archive: its bytes must outlive this object.
class ZipArchive {
 public:
  struct Entry {
    bool is_deflated = false;          // else the bytes lie as they are
    std::span<const std::byte> bytes;  // as stored
    uint64_t size = 0;                 // in bytes, once inflated; the size of `bytes` when not deflated
  };

  /// Reads the central directory and finds every entry's bytes. `name` is for messages.
  /// Throws Error(kCorruptFile) when anything points outside the archive, names repeat, or a method other than
  /// "stored" and "deflated" is used.
  ZipArchive(std::span<const std::byte> archive, std::string name);

  const std::map<std::string, Entry, std::less<>>& entries() const { return entries_; }

  /// The content of a deflated entry. Throws Error(kCorruptFile) unless it inflates to exactly its size, and for sizes
  /// that no tensor data of this file could have: over 64 times the archive and 16 MiB.
  std::vector<std::byte> inflate(const std::string& entry_name) const;

 private:
  std::span<const std::byte> archive_;
  std::string name_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace fude::io
