#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <utility>
#include <vector>

#include "service/ids.h"
#include "service/made_picture.h"

namespace fude::service {

/// Pictures that are not saved, until somebody fetches them: those of the latest jobs only. Safe in any thread.
class KeptResults {
 public:
  explicit KeptResults(std::size_t most_jobs) : most_jobs_(most_jobs) {}

  void add(JobId job, MadePicture picture);

  /// Hands a job's pictures out and forgets them.
  std::vector<MadePicture> take(JobId job);

 private:
  std::size_t most_jobs_;
  std::mutex mutex_;
  std::list<std::pair<JobId, std::vector<MadePicture>>> jobs_;  // the latest last
};

}  // namespace fude::service
