#include "service/gallery_scan.h"

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/platform/rename.h"
#include "core/unicode.h"
#include "service/gallery_folder.h"
#include "service/gallery_rows.h"
#include "service/picture_file.h"

namespace fude::service {
namespace {

constexpr std::size_t kBatch = 200;  // rows a transaction
constexpr std::string_view kSidecarEnding = ".xmp";

struct FoundFile {
  std::string name;
  std::int64_t byte_count = 0;
  std::int64_t modified_at = 0;
  std::int64_t sidecar_at = 0;
};

// What lies in the folder.
struct Listing {
  std::vector<FoundFile> pictures;   // oldest first, so that ids grow with time
  std::vector<std::string> orphans;  // sidecars without a picture
  std::int64_t unreadable = 0;       // names that are not UTF-8
};

bool is_passed_over(const std::filesystem::directory_entry& folder, int depth) {
  const std::string name = folder.path().filename().string();
  return name.starts_with('.') && !(depth == 0 && name == kBin);
}

FoundFile examined(const std::filesystem::directory_entry& entry, std::string name) {
  std::error_code ignored;
  return {.name = std::move(name),
          .byte_count = static_cast<std::int64_t>(entry.file_size(ignored)),
          .modified_at = modified_at(entry.path()),
          .sidecar_at = modified_at(sidecar_of(entry.path()))};
}

Listing list_files(const std::filesystem::path& folder, const Cancellation& cancellation) {
  Listing listing;
  std::error_code failure;
  std::filesystem::recursive_directory_iterator entry(
      folder, std::filesystem::directory_options::skip_permission_denied, failure);
  for (; !failure && entry != std::filesystem::recursive_directory_iterator(); entry.increment(failure)) {
    cancellation.check();
    std::error_code unreadable;
    const auto status = entry->symlink_status(unreadable);
    if (std::filesystem::is_directory(status) && is_passed_over(*entry, entry.depth())) {
      entry.disable_recursion_pending();
    }
    if (!std::filesystem::is_regular_file(status)) continue;
    std::string name = entry->path().lexically_relative(folder).generic_string();
    const bool is_sidecar = name.ends_with(kSidecarEnding);
    if (!is_sidecar && !is_picture_name(name)) continue;
    if (encode_utf8(decode_utf8(name)) != name) {
      ++listing.unreadable;
    } else if (!is_sidecar) {
      listing.pictures.push_back(examined(*entry, std::move(name)));
    } else if (!std::filesystem::exists(entry->path().parent_path() / entry->path().stem(), unreadable)) {
      listing.orphans.push_back(std::move(name));
    }
  }
  if (failure)
    fail(ErrorCode::kNotFound,
         "outputs folder '{}' cannot be read: {}; bring it back (is its disk mounted?) and scan again",
         printable(folder.string()), failure.message());
  std::ranges::sort(listing.pictures, {}, [](const FoundFile& file) { return std::pair(file.modified_at, file.name); });
  return listing;
}

// What the database knows of a file.
struct KnownFile {
  PictureId id = 0;
  std::int64_t byte_count = 0;
  std::int64_t modified_at = 0;
  std::int64_t sidecar_at = 0;
};

class Scan {
 public:
  Scan(Database& database, const std::filesystem::path& folder, const Cancellation& cancellation)
      : database_(database), folder_(folder), cancellation_(cancellation) {}

  ScanResult run(const ScanProgress& on_progress, WhenAllGone when_all_gone) {
    const Listing listing = list_files(folder_, cancellation_);
    load_known();
    for (const FoundFile& file : listing.pictures) present_.insert(file.name);
    load_orphans(listing.orphans);
    result_.unreadable = listing.unreadable;
    const auto total = static_cast<std::int64_t>(listing.pictures.size());
    for (const FoundFile& file : listing.pictures) {
      if (cancellation_.is_requested()) {
        store();
        cancellation_.check();
      }
      take(file);
      ++result_.seen;
      if (on_progress) on_progress(result_.seen, total);
    }
    store();
    remove_gone(when_all_gone);
    return result_;
  }

 private:
  void load_known() {
    database_.read([&](SQLite::Database& connection) {
      SQLite::Statement query(connection, "SELECT file, id, byte_count, modified_at, sidecar_at FROM pictures");
      while (query.executeStep()) {
        known_[query.getColumn(0).getString()] = {query.getColumn(1).getInt64(), query.getColumn(2).getInt64(),
                                                  query.getColumn(3).getInt64(), query.getColumn(4).getInt64()};
      }
    });
  }

  void load_orphans(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const std::string picture = name.substr(0, name.size() - kSidecarEnding.size());
      const Sidecar sidecar = read_sidecar(folder_ / picture);
      if (!sidecar.fingerprint.empty()) orphans_.emplace(sidecar.fingerprint, picture);
    }
  }

  void take(const FoundFile& file) {
    const auto known = known_.find(file.name);
    const bool is_same = known != known_.end() && known->second.byte_count == file.byte_count &&
                         known->second.modified_at == file.modified_at && known->second.sidecar_at == file.sidecar_at;
    if (is_same) return;
    try {
      PictureRow row = read_picture_row(folder_, file.name);
      if (file.sidecar_at == 0 && adopt_sidecar(row)) row = read_picture_row(folder_, file.name);
      pending_.push_back(std::move(row));
    } catch (const Error&) {
      ++result_.unreadable;
      unreadable_.insert(file.name);
    }
    if (pending_.size() >= kBatch) store();
  }

  // Moves the sidecar that the picture left behind after it.
  bool adopt_sidecar(const PictureRow& row) {
    const auto orphan = orphans_.find(row.picture.fingerprint);
    if (orphan == orphans_.end()) return false;
    const bool is_moved =
        platform::rename_if_free(sidecar_of(folder_ / orphan->second), sidecar_of(folder_ / row.picture.file));
    orphans_.erase(orphan);
    return is_moved;
  }

  void store() {
    if (pending_.empty()) return;
    std::erase_if(pending_, [&](PictureRow& row) { return !is_current(row); });
    database_.write([&](SQLite::Database& connection) {
      for (PictureRow& row : pending_) store(connection, row);
    });
    pending_.clear();
  }

  // Others may have moved or rated the picture since it was read.
  bool is_current(PictureRow& row) const {
    const std::filesystem::path path = folder_ / row.picture.file;
    if (modified_at(path) == row.modified_at && modified_at(sidecar_of(path)) == row.sidecar_at) return true;
    try {
      row = read_picture_row(folder_, row.picture.file);
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  void store(SQLite::Database& connection, PictureRow& row) {
    std::optional<PictureRow> before = find_row_of_file(connection, row.picture.file);
    if (!before) before = find_moved(connection, row.picture.fingerprint);
    if (!before) {
      insert_row(connection, row);
      ++result_.added;
      return;
    }
    row.picture.id = before->picture.id;
    row.picture.job = before->picture.job;
    row.picture.index = before->picture.index;
    if (before->picture.file != row.picture.file) ++moved_;
    if (row.picture.deleted_at && before->picture.deleted_at) row.picture.deleted_at = before->picture.deleted_at;
    update_row(connection, *before, row);
    ++result_.changed;
  }

  // The row of a picture that was moved here: the same content, and its own file is gone.
  std::optional<PictureRow> find_moved(SQLite::Database& connection, const std::string& fingerprint) {
    SQLite::Statement query(connection, "SELECT file FROM pictures WHERE fingerprint = ?");
    query.bind(1, fingerprint);
    while (query.executeStep()) {
      const std::string file = query.getColumn(0).getString();
      if (!present_.contains(file) && is_gone(file)) return find_row_of_file(connection, file);
    }
    return {};
  }

  bool is_gone(const std::string& file) const {
    std::error_code failure;
    return !std::filesystem::exists(folder_ / file, failure) && !failure;
  }

  void remove_gone(WhenAllGone when_all_gone) {
    std::vector<std::pair<std::string, PictureId>> gone;
    for (const auto& [file, known] : known_) {
      if (!present_.contains(file) || unreadable_.contains(file)) gone.emplace_back(file, known.id);
    }
    const bool are_all_gone = gone.size() == known_.size() && moved_ == 0 && gone.size() >= kManyPictures;
    if (are_all_gone && when_all_gone == WhenAllGone::kRefuse) refuse_to_forget(gone.size());
    for (std::size_t begin = 0; begin < gone.size(); begin += kBatch) {
      cancellation_.check();
      const std::size_t end = std::min(begin + kBatch, gone.size());
      database_.write([&](SQLite::Database& connection) {
        for (std::size_t i = begin; i < end; ++i) remove(connection, gone[i].first, gone[i].second);
      });
    }
  }

  [[noreturn]] void refuse_to_forget(std::size_t count) const {
    fail(ErrorCode::kNotFound,
         "outputs folder '{}' has none of the {} pictures that the gallery knows: bring it back (is its disk mounted?) "
         "and scan again; to forget them: fude gallery rescan --forget",
         printable(folder_.string()), count);
  }

  // Unless it was moved or made meanwhile, or only cannot be looked at now.
  void remove(SQLite::Database& connection, const std::string& file, PictureId id) {
    const auto row = find_row(connection, id);
    if (!row || row->picture.file != file) return;
    std::error_code failure;
    const auto status = std::filesystem::symlink_status(folder_ / file, failure);
    const bool is_there = std::filesystem::is_regular_file(status) && !unreadable_.contains(file);
    if (is_there || status.type() == std::filesystem::file_type::none) return;
    delete_row(connection, *row);
    ++result_.removed;
  }

  Database& database_;
  const std::filesystem::path& folder_;
  const Cancellation& cancellation_;
  std::unordered_map<std::string, KnownFile> known_;
  std::unordered_set<std::string> present_;     // names of what lies in the folder
  std::unordered_set<std::string> unreadable_;  // those of them that are no pictures
  std::map<std::string, std::string> orphans_;  // fingerprint -> the picture's name where the sidecar lies
  std::vector<PictureRow> pending_;
  std::size_t moved_ = 0;  // rows that follow their file to another name
  ScanResult result_;
};

}  // namespace

ScanResult scan_gallery(Database& database, const std::filesystem::path& folder, const ScanProgress& on_progress,
                        const Cancellation& cancellation, WhenAllGone when_all_gone) {
  return Scan(database, folder, cancellation).run(on_progress, when_all_gone);
}

}  // namespace fude::service
