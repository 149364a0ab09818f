#include "core/platform/atomic_file.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <random>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "core/platform/rename.h"
#include "core/platform/writing.h"

namespace fude::platform {
namespace {

/// A name that nothing else uses, this program's other threads and crashed runs included.
std::filesystem::path temporary_name(const std::filesystem::path& target) {
  std::random_device random;
  return target.parent_path() / fmt::format(".fude-{}-{:08x}{:08x}.tmp", ::getpid(), random(), random());
}

int open_new(const std::filesystem::path& target, const std::filesystem::path& temporary) {
  std::error_code ignored;  // what cannot be examined cannot be opened either, and that has the better message
  const std::filesystem::file_status status = std::filesystem::status(target, ignored);
  // Renaming over a device (such as /dev/null) would replace it for the whole system.
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    fail(ErrorCode::kInvalidArgument, "'{}' exists and is not a file, expected a file to write",
         printable(target.string()));
  }
  return ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path target)
    : target_(std::filesystem::absolute(target)),
      temporary_(temporary_name(target_)),
      file_(open_new(target_, temporary_)) {
  if (!file_.is_open()) fail_writing(errno);
}

AtomicFile::~AtomicFile() {
  if (file_.is_open() && !is_committed_) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.number(), bytes.data(), bytes.size());
    if (written >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      fail_writing(errno);
    }
  }
}

void AtomicFile::commit() {
  if (::fsync(file_.number()) != 0) fail_writing(errno);
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail_writing(errno);
  is_committed_ = true;
  sync_folder(target_.parent_path());
}

bool AtomicFile::commit_as_new(const std::filesystem::path& target) {
  const std::filesystem::path name = target_.parent_path() / target.filename();
  if (::fsync(file_.number()) != 0) fail_writing(errno);
  if (!rename_if_free(temporary_, name)) {
    if (errno == EEXIST) return false;
    fail_writing(errno);
  }
  is_committed_ = true;
  sync_folder(name.parent_path());
  return true;
}

int remove_abandoned_files(const std::filesystem::path& folder) {
  int removed = 0;
  std::error_code ignored;
  for (std::filesystem::directory_iterator entry(folder, ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    int process = 0;
    const bool is_ours = std::sscanf(name.c_str(), ".fude-%d-", &process) == 1 && name.ends_with(".tmp") && process > 0;
    if (!is_ours || ::kill(process, 0) == 0 || errno != ESRCH) continue;
    removed += ::unlink(entry->path().c_str()) == 0 ? 1 : 0;
  }
  return removed;
}

void AtomicFile::fail_writing(int error_number) const {
  const std::string name = printable(target_.string());
  const std::string reason = system_message(error_number);
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: fail(ErrorCode::kOutOfResources, "file '{}' cannot be written: {}", name, reason);
    case ENOENT:
    case ENOTDIR:
      fail(ErrorCode::kNotFound, "file '{}' cannot be written: folder '{}' does not exist", name,
           printable(target_.parent_path().string()));
    case EACCES:
    case EPERM:
    case EROFS: refuse_unwritable(target_, reason);
    default: fail(ErrorCode::kInvalidArgument, "file '{}' cannot be written: {}", name, reason);
  }
}

}  // namespace fude::platform
