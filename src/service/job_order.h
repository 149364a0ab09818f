#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>

#include "service/ids.h"

namespace fude::service {

/// The order of waiting jobs: by falling priority, then by rising place. All of these are called within a transaction.

/// Behind all that wait with that priority.
std::int64_t end_place(SQLite::Database& database, int priority);

/// Moves a waiting job there.
void put_at_end(SQLite::Database& database, JobId id, int priority);

/// Lets a job wait before all others.
void put_first(SQLite::Database& database, JobId id);

/// Moves a waiting job to a position, from 1; beyond the end: to the end. It gets the priority of the job that was
/// there.
void put_at(SQLite::Database& database, JobId id, int position);

}  // namespace fude::service
