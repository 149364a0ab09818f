#include "core/platform/rename.h"

#include <fcntl.h>

#include <cerrno>
#include <cstdio>

#include "core/platform/file_descriptor.h"

namespace fude::platform {

bool rename_if_free(const std::filesystem::path& from, const std::filesystem::path& to) {
#ifdef RENAME_NOREPLACE
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS) return false;
#endif
  // File systems without that: claim the name with an empty file, then rename over it.
  const FileDescriptor claim(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  return claim.is_open() && ::rename(from.c_str(), to.c_str()) == 0;
}

}  // namespace fude::platform
