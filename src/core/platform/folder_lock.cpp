#include "core/platform/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "core/error.h"
#include "core/platform/writing.h"

namespace fude::platform {

FolderLock::FolderLock(const std::filesystem::path& folder)
    : file_(open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  if (!file_.is_open()) {
    const int error = errno;
    if (error == ENOENT) fail(ErrorCode::kNotFound, "folder '{}' does not exist", printable(folder.string()));
    refuse_unwritable(folder, system_message(error));
  }
  if (flock(file_.number(), LOCK_EX | LOCK_NB) != 0)
    fail(ErrorCode::kInvalidArgument, "folder '{}' is in use by another run", printable(folder.string()));
}

}  // namespace fude::platform
