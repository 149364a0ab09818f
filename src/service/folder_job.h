#pragma once

#include <set>
#include <string>
#include <vector>

#include "pipelines/folder_order.h"
#include "pipelines/picture_folder.h"
#include "service/input_folders.h"
#include "service/job_sources.h"

namespace fude::service {

/// What a job over a folder has to do: the pictures as they were when it was asked for, so that nothing is left out or
/// made twice when the folder changes meanwhile.
struct FolderWork {
  pipelines::FolderOrder order = {};    // with the request's pictures
  std::vector<std::string> names = {};  // of the folder's pictures
  /// What earlier jobs have made of it: results by their index, which is picture * results_each() + result.
  std::set<int> done = {};

  int results_each() const { return picture_count(order.request); }
  int result_count() const { return static_cast<int>(names.size()) * results_each(); }
  int missing() const { return result_count() - static_cast<int>(done.size()); }
};

/// Looks at the folders and checks what all pictures have in common. Throws Error: kInvalidArgument, kNotFound (no such
/// folder, no pictures in it).
FolderWork plan_folder_work(pipelines::FolderOrder order, const InputFolders& folders);

/// The job, and what it starts from (its sources). `job` says the rest: who asks, priority.
NewJob folder_job(NewJob job, const FolderWork& work, std::vector<Source>& sources);

/// The same read back. Throws Error as parse_folder_order(), kCorruptFile (sources are missing).
FolderWork read_folder_work(const Job& job, const std::vector<Source>& sources);

/// Where the work finds its folders now.
pipelines::PictureFolder open_folder(const FolderWork& work, const InputFolders& folders);

}  // namespace fude::service
