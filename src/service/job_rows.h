#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/job_queue.h"

namespace fude::service {

/// A job as it lies in the database.
struct JobRow {
  Job job;
  std::int64_t place = 0;  // among waiting jobs of its priority
};

/// The statement that reads jobs, with what follows "FROM jobs".
SQLite::Statement select_jobs(SQLite::Database& database, std::string_view rest);

/// The row that such a statement stands at; without the job's position.
JobRow read_job(const SQLite::Statement& row);

/// Throws Error(kNotFound).
JobRow find_job(SQLite::Database& database, JobId id);
/// Throws Error: kNotFound, kInvalidArgument (it does not wait).
JobRow find_waiting_job(SQLite::Database& database, JobId id);

/// How an error and lines are stored.
std::string stored_name(const std::optional<ErrorCode>& code);
std::string stored_lines(const std::vector<std::string>& lines);
/// And what a job starts from; members hold no space.
std::string stored_sources(const std::vector<JobSource>& sources);
std::vector<JobSource> sources_from(std::string_view stored);

/// Runs a statement with these values in its places; how many rows it changed.
template <typename... Values>
int execute(SQLite::Database& database, const char* sql, const Values&... values) {
  SQLite::Statement statement(database, sql);
  int index = 0;
  (statement.bind(++index, values), ...);
  return statement.exec();
}

/// The first column of the first row; 0 when there is none.
template <typename... Values>
std::int64_t number(SQLite::Database& database, const char* sql, const Values&... values) {
  SQLite::Statement statement(database, sql);
  int index = 0;
  (statement.bind(++index, values), ...);
  return statement.executeStep() ? statement.getColumn(0).getInt64() : 0;
}

}  // namespace fude::service
