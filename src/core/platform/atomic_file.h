#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "core/platform/file_descriptor.h"

namespace fude::platform {

/// Writes a file so that nobody ever sees half of it: bytes go to a temporary name in the same folder; commit()
/// brings them to the disk and renames. Without commit() the temporary file is removed and an older file of the
/// target's name stays as it was.
///
/// Errors: kNotFound (the folder is missing), kInvalidArgument (the folder may not be written, the target is
/// something other than a file), kOutOfResources (the disk is full).
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }

  /// Call once, after the last write.
  void commit();

  /// Like commit(), but under another name in the target's folder, and only if nothing bears that name yet, whoever
  /// else is trying the same: false, with nothing changed, when something does. Then another name may be tried.
  bool commit_as_new(const std::filesystem::path& target);

 private:
  [[noreturn]] void fail_writing(int error_number) const;

  std::filesystem::path target_;
  std::filesystem::path temporary_;
  FileDescriptor file_;
  bool is_committed_ = false;
};

/// Removes the temporary files in a folder whose processes ended without doing so themselves; how many.
int remove_abandoned_files(const std::filesystem::path& folder);

}  // namespace fude::platform
