#include "service/gallery.h"

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "core/platform/file_descriptor.h"
#include "core/platform/rename.h"
#include "core/platform/writing.h"
#include "core/unicode.h"
#include "service/gallery_folder.h"
#include "service/gallery_rows.h"
#include "service/gallery_scan.h"
#include "service/gallery_search.h"
#include "service/ids.h"
#include "service/picture_file.h"

namespace fude::service {
namespace {

std::filesystem::path made_folder(const std::filesystem::path& folder) {
  platform::make_folder(folder);
  return std::filesystem::canonical(folder);
}

void check(const PictureChange& change) {
  if (change.rating && (*change.rating < 0 || *change.rating > 5)) {
    fail(ErrorCode::kInvalidArgument, "rating is {}, expected 0 to 5 stars", *change.rating);
  }
  if (change.note && decode_utf8(*change.note).size() > kLongestNote) {
    fail(ErrorCode::kInvalidArgument, "note is longer than {} characters", kLongestNote);
  }
  if (!change.tags) return;
  if (change.tags->size() > kMostTags) {
    fail(ErrorCode::kInvalidArgument, "tags are {}, expected at most {}", change.tags->size(), kMostTags);
  }
  for (const std::string& tag : *change.tags) {
    if (decode_utf8(tag).size() <= kLongestTag) continue;
    fail(ErrorCode::kInvalidArgument, "tag '{}' is longer than {} characters", printable(tag, 40), kLongestTag);
  }
}

// Makes the folder of a file that is to lie within `folder`, unless a link leads out of it.
void make_parent(const std::filesystem::path& folder, const std::filesystem::path& file) {
  std::error_code failure;
  const auto real = std::filesystem::weakly_canonical(file.parent_path(), failure);
  const std::string name = real.lexically_relative(folder).generic_string();
  if (failure || name.empty() || name == ".." || name.starts_with("../")) {
    fail(ErrorCode::kInvalidArgument, "folder '{}' does not lie in the outputs folder",
         printable(file.parent_path().filename().string()));
  }
  std::filesystem::create_directories(real, failure);
}

bool has_fingerprint(SQLite::Database& connection, const std::string& fingerprint) {
  SQLite::Statement query(connection, "SELECT 1 FROM pictures WHERE fingerprint = ? LIMIT 1");
  query.bind(1, fingerprint);
  return query.executeStep();
}

// Moves a picture and its sidecar, if there is one, to the first of the names of `wanted` that is free for both.
std::string move_files(const std::filesystem::path& folder, const std::string& from, const std::string& wanted) {
  constexpr int kAttempts = 10000;
  make_parent(folder, folder / wanted);
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    const std::string name = numbered_name(wanted, attempt);
    if (std::filesystem::exists(sidecar_of(folder / name))) continue;
    if (platform::rename_if_free(folder / from, folder / name)) {
      platform::rename_if_free(sidecar_of(folder / from), sidecar_of(folder / name));
      return name;
    }
    if (errno != EEXIST) break;
  }
  fail(ErrorCode::kInvalidArgument, "picture '{}' cannot be moved: {}", printable(from),
       platform::system_message(errno));
}

std::vector<PictureRow> rows_in_bin(Database& database) {
  std::vector<PictureRow> rows;
  database.read([&](SQLite::Database& connection) {
    SQLite::Statement query(connection, fmt::format("SELECT {} FROM pictures WHERE place < 0", kRowColumns));
    while (query.executeStep()) rows.push_back(read_row(query));
  });
  return rows;
}

}  // namespace

Gallery::Gallery(Database& database, const std::filesystem::path& outputs)
    : database_(database),
      outputs_(made_folder(outputs)),
      thumbnails_(std::filesystem::absolute(outputs).lexically_normal().parent_path() / "cache" / "thumbnails") {
  if (!database_.repair().empty()) database_.write(index_again);
}

Picture Gallery::add(const std::filesystem::path& file, std::int64_t job, int index, const Together& together) {
  PictureRow row = read_picture_row(outputs_, name_within(outputs_, file));
  row.picture.job = job;
  row.picture.index = index;
  database_.write([&](SQLite::Database& connection) {
    if (const auto before = find_row_of_file(connection, row.picture.file)) {
      row.picture.id = before->picture.id;
      if (job == 0) {
        row.picture.job = before->picture.job;
        row.picture.index = before->picture.index;
      }
      update_row(connection, *before, row);
    } else {
      row.picture.id = 0;
      insert_row(connection, row);
    }
    if (together) together(connection, row.picture);
  });
  return row.picture;
}

PicturePage Gallery::search(const PictureQuery& query) const {
  PicturePage page;
  database_.read([&](SQLite::Database& connection) { page = search_pictures(connection, query); });
  return page;
}

std::optional<Picture> Gallery::find(PictureId id) const {
  std::optional<PictureRow> row;
  database_.read([&](SQLite::Database& connection) { row = find_row(connection, id); });
  if (!row) return {};
  return std::move(row->picture);
}

Picture Gallery::existing(PictureId id) const {
  auto picture = find(id);
  if (!picture) fail(ErrorCode::kNotFound, "picture {} does not exist", id);
  return *std::move(picture);
}

Facets Gallery::facets() const {
  Facets facets;
  database_.read([&](SQLite::Database& connection) { facets = count_facets(connection); });
  return facets;
}

std::filesystem::path Gallery::path_of(const Picture& picture) const {
  try {
    return outputs_ / name_within(outputs_, outputs_ / picture.file);
  } catch (const Error&) {
    fail(ErrorCode::kNotFound, "the file of picture {}, '{}', is gone: scan the gallery again", picture.id,
         printable(picture.file));
  }
}

Picture Gallery::change(PictureId id, const PictureChange& change) {
  check(change);
  const std::lock_guard guard(files_);
  Picture picture = existing(id);
  const std::filesystem::path file = path_of(picture);
  Sidecar sidecar = read_sidecar(file);
  if (change.rating) sidecar.rating = *change.rating;
  if (change.note) sidecar.note = clean_note(*change.note);
  if (change.tags) sidecar.tags = clean_tags(*change.tags);
  sidecar.fingerprint = picture.fingerprint;
  save_sidecar(file, sidecar);
  database_.write([&](SQLite::Database& connection) {
    const auto before = find_row(connection, id);
    if (!before) return;  // another process took it away
    PictureRow after = *before;
    after.picture.rating = sidecar.rating;
    after.picture.note = sidecar.note;
    after.picture.tags = sidecar.tags;
    after.sidecar_at = modified_at(sidecar_of(file));
    update_row(connection, *before, after);
    picture = after.picture;
  });
  return picture;
}

Picture Gallery::move(const Picture& picture, const std::string& wanted) {
  const std::string from = name_within(outputs_, path_of(picture));
  const std::string to = move_files(outputs_, from, wanted);
  Picture moved = picture;
  try {
    database_.write([&](SQLite::Database& connection) {
      const auto before = find_row(connection, picture.id);
      if (!before) fail(ErrorCode::kNotFound, "picture {} does not exist", picture.id);
      PictureRow after = *before;
      after.picture.file = to;
      after.picture.deleted_at = is_in_bin(to) ? std::optional(now()) : std::nullopt;
      update_row(connection, *before, after);
      moved = after.picture;
    });
  } catch (...) {
    move_files(outputs_, to, from);
    throw;
  }
  return moved;
}

Picture Gallery::move_to_bin(PictureId id) {
  const std::lock_guard guard(files_);
  const Picture picture = existing(id);
  return is_in_bin(picture.file) ? picture : move(picture, name_in_bin(picture.file));
}

Picture Gallery::restore(PictureId id) {
  const std::lock_guard guard(files_);
  const Picture picture = existing(id);
  return is_in_bin(picture.file) ? move(picture, name_out_of_bin(picture.file)) : picture;
}

int Gallery::empty_bin(const std::function<void(const Picture&)>& on_gone) {
  const std::lock_guard guard(files_);
  const std::vector<PictureRow> rows = rows_in_bin(database_);
  std::error_code ignored;
  std::filesystem::remove_all(outputs_ / kBin, ignored);  // a link is removed, not followed
  std::vector<Picture> gone;
  database_.write([&](SQLite::Database& connection) {
    gone.clear();
    for (const PictureRow& row : rows) {
      if (std::filesystem::exists(outputs_ / row.picture.file, ignored)) continue;
      delete_row(connection, row);
      gone.push_back(row.picture);
    }
    std::erase_if(gone, [&](const Picture& picture) { return has_fingerprint(connection, picture.fingerprint); });
  });
  if (on_gone) std::ranges::for_each(gone, on_gone);
  return static_cast<int>(rows.size());
}

std::vector<std::byte> Gallery::thumbnail(PictureId id, int side) const {
  const Picture picture = existing(id);
  return thumbnails_.get(picture, path_of(picture), side);
}

ScanResult Gallery::rescan(const std::function<void(std::int64_t done, std::int64_t total)>& on_progress,
                           const Cancellation& cancellation, WhenAllGone when_all_gone) {
  return scan_gallery(database_, outputs_, on_progress, cancellation, when_all_gone);
}

}  // namespace fude::service
