#include "service/job_order.h"

#include <optional>

#include "service/job_rows.h"

namespace fude::service {
namespace {

// Waiting jobs lie this far apart, so that one can be put between two of them without touching others.
constexpr std::int64_t kGap = 1 << 20;

// The waiting job at a position, counted without job `id`.
std::optional<JobRow> waiting_at(SQLite::Database& database, int position, JobId id) {
  if (position < 1) return std::nullopt;
  SQLite::Statement statement =
      select_jobs(database, "WHERE state = 'waiting' AND id != ? ORDER BY priority DESC, place LIMIT 1 OFFSET ?");
  statement.bind(1, id);
  statement.bind(2, position - 1);
  if (!statement.executeStep()) return std::nullopt;
  return read_job(statement);
}

void spread_places(SQLite::Database& database, int priority) {
  execute(
      database,
      "UPDATE jobs SET place = numbered.rank * ? FROM (SELECT id AS numbered_id, row_number() OVER (ORDER BY place) "
      "AS rank FROM jobs WHERE state = 'waiting' AND priority = ?) AS numbered WHERE id = numbered_id",
      kGap, priority);
}

// False: there is no room before the job that is there now.
bool fits_at(SQLite::Database& database, JobId id, int position) {
  const std::optional<JobRow> behind = waiting_at(database, position, id);
  if (!behind) {  // beyond the end
    const auto lowest = number(database, "SELECT min(priority) FROM jobs WHERE state = 'waiting'");
    put_at_end(database, id, static_cast<int>(lowest));
    return true;
  }
  const std::optional<JobRow> before = waiting_at(database, position - 1, id);
  const bool is_first_of_priority = !before || before->job.priority != behind->job.priority;
  const std::int64_t low = is_first_of_priority ? behind->place - 2 * kGap : before->place;
  if (behind->place - low < 2) return false;
  execute(database, "UPDATE jobs SET priority = ?, place = ? WHERE id = ?", behind->job.priority,
          low + (behind->place - low) / 2, id);
  return true;
}

}  // namespace

std::int64_t end_place(SQLite::Database& database, int priority) {
  return kGap + number(database, "SELECT coalesce(max(place), 0) FROM jobs WHERE state = 'waiting' AND priority = ?",
                       priority);
}

void put_at_end(SQLite::Database& database, JobId id, int priority) {
  execute(database, "UPDATE jobs SET priority = ?, place = ? WHERE id = ?", priority, end_place(database, priority),
          id);
}

void put_first(SQLite::Database& database, JobId id) {
  const auto highest = static_cast<int>(
      number(database,
             "SELECT max(coalesce(max(priority), -1000), (SELECT priority FROM jobs WHERE id = ?)) FROM jobs WHERE "
             "state = 'waiting'",
             id));
  const std::int64_t first =
      number(database, "SELECT coalesce(min(place), 0) FROM jobs WHERE state = 'waiting' AND priority = ?", highest);
  execute(database, "UPDATE jobs SET state = 'waiting', started_at = 0, priority = ?, place = ? WHERE id = ?", highest,
          first - kGap, id);
}

void put_at(SQLite::Database& database, JobId id, int position) {
  if (fits_at(database, id, position)) return;
  spread_places(database, waiting_at(database, position, id)->job.priority);
  fits_at(database, id, position);
}

}  // namespace fude::service
