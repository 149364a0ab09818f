#include "service/kept_results.h"

#include <algorithm>

namespace fude::service {

void KeptResults::add(JobId job, MadePicture picture) {
  const std::lock_guard lock(mutex_);
  if (jobs_.empty() || jobs_.back().first != job) jobs_.emplace_back(job, std::vector<MadePicture>{});
  jobs_.back().second.push_back(std::move(picture));
  if (jobs_.size() > most_jobs_) jobs_.pop_front();
}

std::vector<MadePicture> KeptResults::take(JobId job) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(jobs_, job, &std::pair<JobId, std::vector<MadePicture>>::first);
  if (found == jobs_.end()) return {};
  std::vector<MadePicture> pictures = std::move(found->second);
  jobs_.erase(found);
  return pictures;
}

}  // namespace fude::service
