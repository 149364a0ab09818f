#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "pipelines/output_files.h"
#include "service/gallery.h"
#include "service/job_queue.h"

namespace fude::service {

/// A picture to be saved.
struct NewPicture {
  JobId job = 0;
  int index = 0;  // in the job, from 0
  pipelines::NewName name = {};
  std::span<const std::byte> bytes = {};  // a picture's file
};

/// Brings finished pictures to the disk, into the gallery and to their job: whole and exactly once, whenever the
/// process dies.
class PictureStore {
 public:
  /// `outputs`: the folder that the gallery has. All must outlive this.
  PictureStore(std::filesystem::path outputs, Gallery& gallery, JobQueue& queue);

  /// Saves a picture under its name in `folder` (below the outputs folder, made when it is missing; what processes that
  /// died left half-written there is cleared away first). One thread at a time.
  /// Throws Error as pipelines::save_new() and Gallery::add().
  PictureId save(const NewPicture& picture, const std::filesystem::path& folder);

  /// Where a saved picture lies. Throws Error(kNotFound) when it was removed since.
  std::filesystem::path path_of(PictureId id) const;

  /// What became of a reserved picture: its row in the gallery, when the whole file is there.
  std::optional<PictureId> adopt(const JobPicture& reserved);

 private:
  PictureId add(const std::filesystem::path& file, JobId job, int index);

  std::filesystem::path outputs_;
  Gallery& gallery_;
  JobQueue& queue_;
  std::set<std::filesystem::path> tidied_;  // folders
};

}  // namespace fude::service
