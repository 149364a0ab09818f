#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "core/cancellation.h"
#include "service/database.h"
#include "service/picture.h"
#include "service/thumbnails.h"

namespace fude::service {

/// The pictures of the outputs folder. The files and the sidecars beside them are the truth, the database only an index
/// that rescan() makes again. For any thread. A picture that is not there: Error(kNotFound).
///
/// Only regular files inside the folder belong to it; the folder itself may be a symbolic link, what lies in it is not
/// followed out of it. The bin is the folder ".bin" in it.
class Gallery {
 public:
  /// Called within the transaction that makes a picture's row, with that row.
  using Together = std::function<void(SQLite::Database&, const Picture&)>;

  /// `database` must outlive this. `outputs` is made when it is missing; thumbnails are kept beside it, in
  /// cache/thumbnails.
  Gallery(Database& database, const std::filesystem::path& outputs);

  /// Takes in a file of the outputs folder; the same file again is the same row. `together` is done in the same
  /// transaction. Throws Error: kNotFound, kInvalidArgument (not in the folder), kCorruptFile (no picture).
  Picture add(const std::filesystem::path& file, std::int64_t job = 0, int index = 0, const Together& together = {});

  PicturePage search(const PictureQuery& query) const;
  std::optional<Picture> find(PictureId id) const;
  Facets facets() const;

  /// Where the file is. Throws Error(kNotFound) when it is gone, or led out of the outputs folder by a link.
  std::filesystem::path path_of(const Picture& picture) const;

  /// Changes the sidecar, then the row. Throws Error(kInvalidArgument) for what is out of range.
  Picture change(PictureId id, const PictureChange& change);

  /// With its sidecar. Nothing is overwritten: where the name is taken, " (2)" and so on is added to it. Without effect
  /// when it is there already.
  Picture move_to_bin(PictureId id);
  Picture restore(PictureId id);
  /// Deletes what is in the bin for good; how many pictures that were. `on_gone` is told of each of which no copy is
  /// left, in the bin or out of it.
  int empty_bin(const std::function<void(const Picture&)>& on_gone = {});

  /// The picture as WebP, `side` pixels at its longer side or its own size if that is less. `side`: 64..1024, rounded
  /// up to a multiple of 64. Throws Error(kCorruptFile) when the picture cannot be decoded.
  std::vector<std::byte> thumbnail(PictureId id, int side) const;

  /// Brings the index in line with the files: new ones, changed ones, those that were moved or renamed (they keep their
  /// id, their rating and their job), those that are gone. `on_progress` is told of files. Throws Error: kCancelled,
  /// kNotFound (the folder cannot be read; kManyPictures rows or more, and the files of all of them are gone, unless
  /// they are to be forgotten then); what was done by then stays.
  ScanResult rescan(const std::function<void(std::int64_t done, std::int64_t total)>& on_progress = {},
                    const Cancellation& cancellation = {}, WhenAllGone when_all_gone = WhenAllGone::kRefuse);

 private:
  Picture existing(PictureId id) const;
  Picture move(const Picture& picture, const std::string& wanted);

  Database& database_;
  std::filesystem::path outputs_;  // without symbolic links
  Thumbnails thumbnails_;
  std::mutex files_;  // held while files are moved or sidecars written
};

}  // namespace fude::service
