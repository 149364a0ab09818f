#include "core/platform/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/error.h"
#include "core/platform/file_descriptor.h"

namespace fude::platform {
namespace {

/// The size in bytes of a regular, non-empty file.
std::size_t mappable_size(int descriptor, const std::string& name) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) {
    fail(ErrorCode::kNotFound, "file '{}' cannot be examined: {}", name, system_message(errno));
  }
  if (S_ISDIR(status.st_mode)) fail(ErrorCode::kCorruptFile, "'{}' is a folder, expected a file", name);
  if (!S_ISREG(status.st_mode)) fail(ErrorCode::kCorruptFile, "'{}' is a pipe or device, expected a file", name);
  if (status.st_size == 0) fail(ErrorCode::kCorruptFile, "file '{}' is empty", name);
  return static_cast<std::size_t>(status.st_size);
}

}  // namespace

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path) {
  const std::string name = printable(path.string());
  // Without O_NONBLOCK, opening a pipe nobody writes to would wait for ever.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) {
    if (errno == ENOENT || errno == ENOTDIR) fail(ErrorCode::kNotFound, "file '{}' does not exist", name);
    fail(ErrorCode::kNotFound, "file '{}' cannot be read: {}", name, system_message(errno));
  }
  const std::size_t size = mappable_size(file.number(), name);
  void* const start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (start == MAP_FAILED) {
    fail(ErrorCode::kOutOfResources, "file '{}' of {} bytes cannot be mapped: {}", name, size, system_message(errno));
  }
  return std::shared_ptr<const MappedFile>(new MappedFile({static_cast<const std::byte*>(start), size}));
}

MappedFile::~MappedFile() { ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size()); }

void MappedFile::forget(std::span<const std::byte> part) const {
  const bool is_inside = part.data() >= bytes_.data() && part.data() + part.size() <= bytes_.data() + bytes_.size();
  if (!is_inside) return;
  // Only whole pages: what else is on the first and the last one may still be wanted.
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const auto offset = static_cast<std::size_t>(part.data() - bytes_.data());
  const std::size_t begin = (offset + page - 1) / page * page, end = (offset + part.size()) / page * page;
  if (begin < end) madvise(const_cast<std::byte*>(bytes_.data()) + begin, end - begin, MADV_DONTNEED);
}

}  // namespace fude::platform
