#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace fude::platform {

/// A whole file as read-only memory. Pages are read when they are touched, so opening is instant at any size.
/// Whoever holds the pointer may use bytes(); the mapping goes with its last holder. Safe to share between threads.
/// The file must not be shortened while it is mapped (the system would stop the program); our own writers
/// replace files by renaming and so never do that.
class MappedFile {
 public:
  /// Throws Error: kNotFound (missing, unreadable), kCorruptFile (folder, pipe, device, empty file).
  static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);

  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  /// The file's content; starts at a page boundary, never empty.
  std::span<const std::byte> bytes() const { return bytes_; }

  /// Lets go of the memory behind a part of bytes(); it is read from the file again when it is next touched. A program
  /// that goes through large files once stays small this way. Parts outside of the file are left alone.
  void forget(std::span<const std::byte> part) const;

 private:
  explicit MappedFile(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::span<const std::byte> bytes_;
};

}  // namespace fude::platform
