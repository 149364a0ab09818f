#pragma once

#include <map>
#include <string>

#include "service/database.h"
#include "service/events.h"

namespace fude::service {

/// What went wrong with single parts of jobs that went on all the same: the cells of a comparison. Safe in any thread.
class JobFailures {
 public:
  /// Both must outlive this.
  JobFailures(Database& database, EventHub& events) : database_(database), events_(events) {}

  /// Part `place` of a job failed; once more: the newer message.
  void note(JobId job, int place, const std::string& message);

  /// Messages by place.
  std::map<int, std::string> of(JobId job) const;

 private:
  Database& database_;
  EventHub& events_;
};

}  // namespace fude::service
