#include "service/film_store.h"

#include <algorithm>
#include <string>
#include <system_error>

#include "core/error.h"
#include "core/platform/atomic_file.h"
#include "core/platform/mapped_file.h"
#include "core/platform/writing.h"

namespace fude::service {
namespace {

namespace fs = std::filesystem;

struct StoredFilm {
  fs::path path;
  fs::file_time_type changed;
  std::int64_t size = 0;
};

std::vector<StoredFilm> films_in(const fs::path& folder) {
  std::vector<StoredFilm> films;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    const auto size = entry->file_size(gone);
    const auto changed = entry->last_write_time(gone);
    if (!gone) films.push_back({entry->path(), changed, static_cast<std::int64_t>(size)});
  }
  std::ranges::sort(films, {}, &StoredFilm::changed);
  return films;
}

}  // namespace

fs::path FilmStore::path_of(const Picture& picture) const { return folder_ / (picture.fingerprint + ".webp"); }

void FilmStore::put(const Picture& picture, std::span<const std::byte> webp) {
  const std::lock_guard lock(mutex_);
  platform::make_folder(folder_);
  make_room(static_cast<std::int64_t>(webp.size()));
  platform::AtomicFile file(path_of(picture));
  file.write(webp);
  file.commit();
}

bool FilmStore::has(const Picture& picture) const {
  std::error_code error;
  return fs::is_regular_file(path_of(picture), error);
}

std::vector<std::byte> FilmStore::read(const Picture& picture) const {
  const std::lock_guard lock(mutex_);
  if (!has(picture)) fail(ErrorCode::kNotFound, "no film was kept of picture {}", picture.id);
  const auto file = platform::MappedFile::open(path_of(picture));
  return {file->bytes().begin(), file->bytes().end()};
}

void FilmStore::remove(const Picture& picture) {
  const std::lock_guard lock(mutex_);
  std::error_code gone;
  fs::remove(path_of(picture), gone);
}

void FilmStore::make_room(std::int64_t bytes) const {
  const std::vector<StoredFilm> films = films_in(folder_);
  std::int64_t total = bytes;
  for (const StoredFilm& film : films) total += film.size;
  for (const StoredFilm& film : films) {
    if (total <= most_bytes_) return;
    std::error_code gone;
    fs::remove(film.path, gone);
    total -= film.size;
  }
}

}  // namespace fude::service
