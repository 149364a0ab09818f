#include "core/platform/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "core/error.h"

namespace fude::platform {

FolderLock::FolderLock(const std::filesystem::path& folder)
    : file_(open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  if (!file_.is_open()) {
    const int error = errno;
    fail(error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kInvalidArgument,
         "folder '{}' cannot be written to: {}; let this user write there, or choose another folder",
         printable(folder.string()), system_message(error));
  }
  if (flock(file_.number(), LOCK_EX | LOCK_NB) != 0)
    fail(ErrorCode::kInvalidArgument, "folder '{}' is in use by another run", printable(folder.string()));
}

}  // namespace fude::platform
