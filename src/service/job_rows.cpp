#include "service/job_rows.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/nearest_name.h"

namespace fude::service {
namespace {

constexpr std::array<std::string_view, 5> kStateNames{"waiting", "running", "done", "failed", "cancelled"};

// As the database has them; never change one.
constexpr std::array<std::string_view, 6> kErrorNames{"invalid_argument",  "not_found",        "corrupt_file",
                                                      "unsupported_model", "out_of_resources", "cancelled"};

// Pictures whose rows the gallery has given up are not told.
constexpr std::string_view kSelectJob =
    "SELECT id, kind, request, priority, state, place, origin, coalesce(task, ''), saves_pictures, created_at, "
    "started_at, finished_at, pictures_wanted, pictures_done, error_code, error, warnings, was_interrupted, "
    "(SELECT group_concat(picture) FROM (SELECT picture FROM job_pictures JOIN pictures ON pictures.id = picture WHERE "
    "job_pictures.job = jobs.id ORDER BY picture_index)) FROM jobs ";

std::optional<ErrorCode> error_code_from(std::string_view name) {
  const auto found = std::ranges::find(kErrorNames, name);
  if (found == kErrorNames.end()) return std::nullopt;
  return static_cast<ErrorCode>(found - kErrorNames.begin());
}

template <typename Add>
void split(std::string_view text, char separator, const Add& add) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    add(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::vector<PictureId> read_ids(std::string_view list) {
  std::vector<PictureId> ids;
  split(list, ',', [&ids](std::string_view text) {
    PictureId id = 0;
    std::from_chars(text.data(), text.data() + text.size(), id);
    ids.push_back(id);
  });
  return ids;
}

[[noreturn]] void refuse_unknown(JobId id) { fail(ErrorCode::kNotFound, "job {} does not exist", id); }

int position_of(SQLite::Database& database, const JobRow& row) {
  return static_cast<int>(number(database,
                                 "SELECT count(*) FROM jobs WHERE state = 'waiting' AND (priority > ? OR (priority = ? "
                                 "AND place <= ?))",
                                 row.job.priority, row.job.priority, row.place));
}

}  // namespace

std::string_view name_of(JobState state) { return kStateNames.at(static_cast<std::size_t>(state)); }

JobState job_state_from(std::string_view name) {
  const auto found = std::ranges::find(kStateNames, name);
  if (found == kStateNames.end()) {
    fail(ErrorCode::kInvalidArgument, "job state is '{}', expected waiting, running, done, failed or cancelled{}",
         printable(name, 40), did_you_mean(name, kStateNames));
  }
  return static_cast<JobState>(found - kStateNames.begin());
}

bool has_ended(JobState state) { return state != JobState::kWaiting && state != JobState::kRunning; }

std::string stored_name(const std::optional<ErrorCode>& code) {
  return code ? std::string(kErrorNames.at(static_cast<std::size_t>(*code))) : std::string();
}

std::string stored_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (std::string line : lines) {
    std::ranges::replace(line, '\n', ' ');
    text += line + "\n";
  }
  return text;
}

std::string stored_sources(const std::vector<JobSource>& sources) {
  std::string text;
  for (const JobSource& source : sources) text += fmt::format("{} {}\n", source.member, source.digest);
  return text;
}

std::vector<JobSource> sources_from(std::string_view stored) {
  std::vector<JobSource> sources;
  split(stored, '\n', [&sources](std::string_view line) {
    const std::size_t space = std::min(line.find(' '), line.size());
    sources.push_back({.member = std::string(line.substr(0, space)),
                       .digest = std::string(line.substr(std::min(space + 1, line.size())))});
  });
  return sources;
}

SQLite::Statement select_jobs(SQLite::Database& database, std::string_view rest) {
  return {database, std::string(kSelectJob) + std::string(rest)};
}

JobRow read_job(const SQLite::Statement& row) {
  Job job{.id = row.getColumn(0).getInt64(),
          .kind = row.getColumn(1).getString(),
          .request = row.getColumn(2).getString(),
          .priority = row.getColumn(3).getInt(),
          .state = job_state_from(row.getColumn(4).getString()),
          .origin = row.getColumn(6).getString(),
          .task = row.getColumn(7).getString(),
          .saves_pictures = row.getColumn(8).getInt() != 0,
          .created_at = row.getColumn(9).getInt64(),
          .started_at = row.getColumn(10).getInt64(),
          .finished_at = row.getColumn(11).getInt64(),
          .pictures_wanted = row.getColumn(12).getInt(),
          .pictures_done = row.getColumn(13).getInt(),
          .pictures = read_ids(row.getColumn(18).getString()),
          .error_code = error_code_from(row.getColumn(14).getString()),
          .error = row.getColumn(15).getString(),
          .was_interrupted = row.getColumn(17).getInt() != 0};
  split(row.getColumn(16).getString(), '\n', [&job](std::string_view line) { job.warnings.emplace_back(line); });
  return {.job = std::move(job), .place = row.getColumn(5).getInt64()};
}

JobRow find_job(SQLite::Database& database, JobId id) {
  SQLite::Statement statement = select_jobs(database, "WHERE id = ?");
  statement.bind(1, id);
  if (!statement.executeStep()) refuse_unknown(id);
  JobRow row = read_job(statement);
  if (row.job.state == JobState::kWaiting) row.job.position = position_of(database, row);
  return row;
}

JobRow find_waiting_job(SQLite::Database& database, JobId id) {
  JobRow row = find_job(database, id);
  if (row.job.state != JobState::kWaiting) {
    fail(ErrorCode::kInvalidArgument, "job {} is {}, expected a waiting job", id, name_of(row.job.state));
  }
  return row;
}

}  // namespace fude::service
