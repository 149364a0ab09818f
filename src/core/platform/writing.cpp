#include "core/platform/writing.h"

#include <fcntl.h>
#include <unistd.h>

#include <system_error>

#include "core/error.h"
#include "core/platform/file_descriptor.h"

namespace fude::platform {

void refuse_unwritable(const std::filesystem::path& place, std::string_view reason) {
  fail(ErrorCode::kInvalidArgument,
       "'{}' cannot be written to: {}; let this user write there, or choose another folder (--data-dir)",
       printable(place.string()), printable(reason));
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  std::error_code unknown;
  if (!failure && std::filesystem::is_directory(folder, unknown)) return;
  refuse_unwritable(folder, failure ? failure.message() : "something else has its name");
}

void sync_folder(const std::filesystem::path& folder) {
  const FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.is_open()) ::fsync(descriptor.number());
}

}  // namespace fude::platform
