#pragma once

#include <filesystem>

#include "core/platform/file_descriptor.h"

namespace fude::platform {

/// While it lives, no other FolderLock can be had for the folder, in this program or another. The system frees it when
/// the process ends, however that happens. Leaves an empty file ".lock" in the folder.
class FolderLock {
 public:
  /// Does not wait. Throws Error: kInvalidArgument (the folder is locked by somebody, or not writable), kNotFound (no
  /// such folder).
  explicit FolderLock(const std::filesystem::path& folder);

 private:
  FileDescriptor file_;
};

}  // namespace fude::platform
