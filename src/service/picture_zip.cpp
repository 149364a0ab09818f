#include "service/picture_zip.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zip.h>

#include <memory>
#include <system_error>

#include "core/error.h"
#include "core/platform/file_descriptor.h"
#include "core/platform/writing.h"

namespace fude::service {
namespace {

namespace fs = std::filesystem;

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

/// A file that goes when it is not taken.
class PartialFile {
 public:
  explicit PartialFile(fs::path path) : path_(std::move(path)) {}
  ~PartialFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Archive opened(const fs::path& path) {
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  if (archive != nullptr) return Archive(archive);
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string why = zip_error_strerror(&error);
  zip_error_fini(&error);
  platform::refuse_unwritable(path.parent_path(), why);
}

void add(zip_t* archive, const ZipEntry& entry) {
  if (std::error_code unknown; !fs::is_regular_file(entry.file, unknown)) {
    fail(ErrorCode::kNotFound, "file '{}' does not exist", printable(entry.file.string()));
  }
  zip_source_t* source = zip_source_file(archive, entry.file.c_str(), 0, /*length: all=*/-1);
  const zip_int64_t place =
      source == nullptr ? -1 : zip_file_add(archive, entry.name.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (place < 0) {
    const std::string why = zip_strerror(archive);
    if (source != nullptr) zip_source_free(source);
    fail(ErrorCode::kInvalidArgument, "'{}' cannot go into a zip archive: {}", printable(entry.name), why);
  }
  zip_set_file_compression(archive, static_cast<zip_uint64_t>(place), ZIP_CM_STORE, 0);
}

// Files are only read here.
void finish(Archive archive, const fs::path& path) {
  if (zip_close(archive.get()) != 0) {
    fail(ErrorCode::kOutOfResources, "cannot write '{}': {}", printable(path.filename().string()),
         zip_strerror(archive.get()));
  }
  [[maybe_unused]] zip_t* closed = archive.release();
  const platform::FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.is_open()) fsync(file.number());
}

// A link is only made where nobody has the name yet.
fs::path named(const fs::path& partial, const fs::path& folder, const std::string& stem) {
  constexpr int kMostAttempts = 500;
  for (int i = 0; i < kMostAttempts; ++i) {
    const fs::path path = folder / (i == 0 ? stem + ".zip" : fmt::format("{}-{}.zip", stem, i));
    std::error_code error;
    fs::create_hard_link(partial, path, error);
    if (!error) return path;
    if (error == std::errc::file_exists) continue;
    if (fs::exists(path)) continue;
    fs::rename(partial, path, error);  // a file system without links
    if (!error) return path;
    platform::refuse_unwritable(folder, error.message());
  }
  fail(ErrorCode::kOutOfResources, "no free file name in '{}' after {} attempts", printable(folder.string()),
       kMostAttempts);
}

}  // namespace

fs::path write_zip(const fs::path& folder, const std::string& stem, std::span<const ZipEntry> entries) {
  platform::make_folder(folder);
  const PartialFile partial(folder / fmt::format(".{}-{}.zip.part", getpid(), gettid()));
  Archive archive = opened(partial.path());
  for (const ZipEntry& entry : entries) add(archive.get(), entry);
  finish(std::move(archive), partial.path());
  fs::path path = named(partial.path(), folder, stem);
  platform::sync_folder(folder);
  return path;
}

}  // namespace fude::service
