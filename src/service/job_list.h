#pragma once

#include <cstdint>

#include "service/job_queue.h"

namespace SQLite {
class Database;
}

namespace fude::service {

/// The running job, then those that wait in the order in which they will run, then the ended ones, the last first: of
/// each the states that are asked for. Throws Error(kInvalidArgument): `query.limit` is out of range.
JobPage list_jobs(SQLite::Database& database, const JobQuery& query);

std::int64_t count_jobs(SQLite::Database& database, JobState state);

}  // namespace fude::service
