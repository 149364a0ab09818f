#include "service/picture_store.h"

#include <utility>
#include <vector>

#include "core/error.h"
#include "core/hash.h"
#include "core/platform/atomic_file.h"
#include "core/platform/mapped_file.h"
#include "pipelines/output_files.h"

namespace fude::service {

namespace fs = std::filesystem;

PictureStore::PictureStore(fs::path outputs, Gallery& gallery, JobQueue& queue)
    : outputs_(std::move(outputs)), gallery_(gallery), queue_(queue) {}

PictureId PictureStore::save(const NewPicture& picture, const fs::path& folder) {
  if (tidied_.insert(folder).second) platform::remove_abandoned_files(outputs_ / folder);
  JobPicture reserved{.job = picture.job, .index = picture.index, .digest = sha256_hex(picture.bytes)};
  try {
    const fs::path file =
        pipelines::save_new(outputs_ / folder, picture.name, picture.bytes, [&](const fs::path& path) {
          reserved.file = path.lexically_relative(outputs_).generic_string();
          queue_.reserve_picture(reserved);
        });
    return add(file, picture.job, picture.index);
  } catch (const Error&) {
    queue_.release_picture(picture.job, picture.index);
    throw;
  }
}

PictureId PictureStore::add(const fs::path& file, JobId job, int index) {
  const Picture picture = gallery_.add(file, job, index, [&](SQLite::Database& connection, const Picture& row) {
    JobQueue::complete_picture(connection, job, index, row.id);
  });
  queue_.announce_picture(job, picture.id);
  return picture.id;
}

fs::path PictureStore::path_of(PictureId id) const {
  const auto picture = gallery_.find(id);
  if (!picture) fail(ErrorCode::kNotFound, "there is no picture {}", id);
  return gallery_.path_of(*picture);
}

std::optional<PictureId> PictureStore::adopt(const JobPicture& reserved) {
  const fs::path file = outputs_ / fs::path(reserved.file);
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return std::nullopt;
  try {
    // Another program may have taken the name in the moment before the file got it.
    if (sha256_hex(platform::MappedFile::open(file)->bytes()) != reserved.digest) return std::nullopt;
    return add(file, reserved.job, reserved.index);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace fude::service
