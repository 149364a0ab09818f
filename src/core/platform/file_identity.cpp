#include "core/platform/file_identity.h"

#include <sys/stat.h>

namespace fude::platform {

std::optional<FileIdentity> file_identity(const std::filesystem::path& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return std::nullopt;
  return FileIdentity{.device = facts.st_dev, .number = facts.st_ino};
}

}  // namespace fude::platform
