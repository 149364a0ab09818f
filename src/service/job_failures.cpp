#include "service/job_failures.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include "service/job_rows.h"

namespace fude::service {

void JobFailures::note(JobId job, int place, const std::string& message) {
  database_.write([&](SQLite::Database& database) {
    execute(database, "INSERT OR REPLACE INTO job_failures (job, place, message) VALUES (?, ?, ?)", job, place,
            message);
  });
  events_.publish(JobChanged{job});
}

std::map<int, std::string> JobFailures::of(JobId job) const {
  std::map<int, std::string> messages;
  database_.read([&](SQLite::Database& database) {
    SQLite::Statement statement(database, "SELECT place, message FROM job_failures WHERE job = ?");
    statement.bind(1, job);
    while (statement.executeStep()) {
      messages.emplace(statement.getColumn(0).getInt(), statement.getColumn(1).getString());
    }
  });
  return messages;
}

}  // namespace fude::service
