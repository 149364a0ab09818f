#include "service/job_list.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <string>
#include <vector>

#include "service/job_rows.h"

namespace fude::service {
namespace {

constexpr int kLongestList = 500;

bool is_in(const std::vector<JobState>& states, JobState state) {
  return std::ranges::find(states, state) != states.end();
}

void append(SQLite::Statement& statement, std::vector<Job>& jobs) {
  while (statement.executeStep()) jobs.push_back(read_job(statement).job);
}

void append_waiting(SQLite::Database& database, const JobQuery& query, std::vector<Job>& jobs) {
  SQLite::Statement statement =
      select_jobs(database, "WHERE state = 'waiting' ORDER BY priority DESC, place LIMIT ? OFFSET ?");
  statement.bind(1, query.limit - static_cast<int>(jobs.size()));
  statement.bind(2, query.after);
  const std::size_t first = jobs.size();
  append(statement, jobs);
  for (std::size_t i = first; i < jobs.size(); ++i) jobs[i].position = query.after + static_cast<int>(i - first) + 1;
}

// The ended states asked for, as SQL has them; empty: none.
std::string ended_states(const std::vector<JobState>& states) {
  std::string list;
  for (const JobState state : {JobState::kDone, JobState::kFailed, JobState::kCancelled}) {
    if (is_in(states, state)) list += fmt::format("{}'{}'", list.empty() ? "" : ", ", name_of(state));
  }
  return list;
}

void append_ended(SQLite::Database& database, const JobQuery& query, std::vector<Job>& jobs) {
  const std::string states = ended_states(query.states);
  if (states.empty()) return;
  SQLite::Statement statement =
      select_jobs(database, fmt::format("WHERE state IN ({}) AND (? = 0 OR id < ?) ORDER BY id DESC LIMIT ?", states));
  statement.bind(1, query.before);
  statement.bind(2, query.before);
  statement.bind(3, query.limit - static_cast<int>(jobs.size()));
  append(statement, jobs);
}

}  // namespace

std::int64_t count_jobs(SQLite::Database& database, JobState state) {
  return number(database, "SELECT count(*) FROM jobs WHERE state = ?", std::string(name_of(state)));
}

JobPage list_jobs(SQLite::Database& database, const JobQuery& query) {
  if (query.limit < 1 || query.limit > kLongestList) {
    fail(ErrorCode::kInvalidArgument, "limit is {}, expected 1..{}", query.limit, kLongestList);
  }
  JobPage page;
  // Who pages on has seen the running one.
  if (is_in(query.states, JobState::kRunning) && query.after <= 0 && query.before == 0) {
    SQLite::Statement running = select_jobs(database, "WHERE state = 'running' ORDER BY id");
    append(running, page.jobs);
  }
  if (is_in(query.states, JobState::kWaiting) && query.before == 0) append_waiting(database, query, page.jobs);
  append_ended(database, query, page.jobs);
  for (const JobState state : query.states) page.total += count_jobs(database, state);
  return page;
}

}  // namespace fude::service
