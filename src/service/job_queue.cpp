#include "service/job_queue.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <utility>

#include "core/steady_wait.h"
#include "service/job_list.h"
#include "service/job_order.h"
#include "service/job_rows.h"

namespace fude::service {
namespace {

constexpr int kHighestPriority = 100;
constexpr std::size_t kLongestTask = 200;  // bytes

void check(const NewJob& job) {
  if (job.kind.empty()) fail(ErrorCode::kInvalidArgument, "kind is empty, expected a kind of job");
  if (job.task.size() > kLongestTask) {
    fail(ErrorCode::kInvalidArgument, "task has {} bytes, expected at most {}", job.task.size(), kLongestTask);
  }
}

void check_priority(int priority) {
  if (priority < -kHighestPriority || priority > kHighestPriority) {
    fail(ErrorCode::kInvalidArgument, "priority is {}, expected -{}..{}", priority, kHighestPriority, kHighestPriority);
  }
}

JobId insert(SQLite::Database& database, const NewJob& job, Milliseconds created_at) {
  SQLite::Statement statement(
      database,
      "INSERT INTO jobs (kind, request, priority, state, place, origin, task, saves_pictures, "
      "created_at, pictures_wanted, warnings, sources) VALUES (?, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?)");
  statement.bind(1, job.kind);
  statement.bind(2, job.request);
  statement.bind(3, job.priority);
  statement.bind(4, end_place(database, job.priority));
  statement.bind(5, job.origin);
  if (!job.task.empty()) statement.bind(6, job.task);
  statement.bind(7, job.saves_pictures ? 1 : 0);
  statement.bind(8, created_at);
  statement.bind(9, job.pictures_wanted);
  statement.bind(10, stored_lines(job.warnings));
  statement.bind(11, stored_sources(job.sources));
  statement.exec();
  return database.getLastInsertRowid();
}

JobId find_by_task(SQLite::Database& database, std::string_view task) {
  return task.empty() ? 0 : number(database, "SELECT id FROM jobs WHERE task = ?", std::string(task));
}

void forget_oldest(SQLite::Database& database) {
  execute(
      database,
      "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state IN ('done', 'failed', 'cancelled') ORDER BY id "
      "DESC LIMIT -1 OFFSET ?)",
      JobQueue::kMostEnded);
}

std::vector<JobPicture> read_pictures(SQLite::Statement& statement) {
  std::vector<JobPicture> pictures;
  while (statement.executeStep()) {
    JobPicture picture{.job = statement.getColumn(0).getInt64(),
                       .index = statement.getColumn(1).getInt(),
                       .file = statement.getColumn(2).getString(),
                       .digest = statement.getColumn(3).getString()};
    if (!statement.getColumn(4).isNull()) picture.picture = statement.getColumn(4).getInt64();
    pictures.push_back(std::move(picture));
  }
  return pictures;
}

}  // namespace

JobQueue::JobQueue(Database& database, EventHub& events, Clock clock)
    : database_(database), events_(events), clock_(std::move(clock)) {}

void JobQueue::wake() {
  {
    const std::lock_guard lock(mutex_);
    ++changes_;
  }
  changed_.notify_all();
}

void JobQueue::announce(JobId job) {
  wake();
  events_.publish(JobChanged{job});
  events_.publish(QueueChanged{});
}

Job JobQueue::submit(const NewJob& job) {
  check(job);
  check_priority(job.priority);
  Job stored;
  bool is_new = false;
  database_.write([&](SQLite::Database& database) {
    JobId id = find_by_task(database, job.task);
    is_new = id == 0;
    if (is_new) id = insert(database, job, clock_());
    stored = find_job(database, id).job;
  });
  if (is_new) announce(stored.id);
  return stored;
}

Job JobQueue::find(JobId id) const {
  Job job;
  database_.read([&](SQLite::Database& database) { job = find_job(database, id).job; });
  return job;
}

std::optional<Job> JobQueue::find_task(std::string_view task) const {
  std::optional<Job> job;
  database_.read([&](SQLite::Database& database) {
    const JobId id = find_by_task(database, task);
    if (id != 0) job = find_job(database, id).job;
  });
  return job;
}

JobPage JobQueue::list(const JobQuery& query) const {
  JobPage page;
  database_.read([&](SQLite::Database& database) { page = list_jobs(database, query); });
  return page;
}

QueueCounts JobQueue::counts() const {
  QueueCounts counts;
  database_.read([&](SQLite::Database& database) {
    counts.waiting = count_jobs(database, JobState::kWaiting);
    counts.is_paused = number(database, "SELECT value FROM queue_state WHERE name = 'paused'") != 0;
    const JobId running = number(database, "SELECT id FROM jobs WHERE state = 'running'");
    if (running != 0) counts.running = running;
  });
  return counts;
}

Job JobQueue::cancel(JobId id) {
  Job job;
  bool is_changed = false;
  database_.write([&](SQLite::Database& database) {
    is_changed =
        execute(
            database,
            "UPDATE jobs SET state = 'cancelled', finished_at = max(?, created_at) WHERE id = ? AND state = 'waiting'",
            clock_(), id) != 0 ||
        execute(database, "UPDATE jobs SET is_cancelled = 1 WHERE id = ? AND state = 'running'", id) != 0;
    job = find_job(database, id).job;
    if (is_changed && has_ended(job.state)) forget_oldest(database);
  });
  if (job.state == JobState::kRunning) {
    const std::lock_guard lock(mutex_);
    stopping_.insert(id);
  }
  if (is_changed) announce(id);
  return job;
}

bool JobQueue::is_stopping(JobId id) const {
  const std::lock_guard lock(mutex_);
  return stopping_.contains(id);
}

Job JobQueue::move(JobId id, int new_position) {
  if (new_position < 1) fail(ErrorCode::kInvalidArgument, "position is {}, expected at least 1", new_position);
  Job job;
  database_.write([&](SQLite::Database& database) {
    find_waiting_job(database, id);
    put_at(database, id, new_position);
    job = find_job(database, id).job;
  });
  announce(id);
  return job;
}

Job JobQueue::set_priority(JobId id, int priority) {
  check_priority(priority);
  Job job;
  database_.write([&](SQLite::Database& database) {
    if (find_waiting_job(database, id).job.priority != priority) put_at_end(database, id, priority);
    job = find_job(database, id).job;
  });
  announce(id);
  return job;
}

Job JobQueue::repeat(JobId id) {
  const Job old = find(id);
  return submit({.kind = old.kind,
                 .request = old.request,
                 .priority = old.priority,
                 .origin = old.origin,
                 .saves_pictures = old.saves_pictures,
                 .pictures_wanted = old.pictures_wanted,
                 .warnings = old.warnings,
                 .sources = sources_of(id)});
}

void JobQueue::pause() {
  database_.write(
      [](SQLite::Database& database) { execute(database, "INSERT OR REPLACE INTO queue_state VALUES ('paused', 1)"); });
  events_.publish(QueueChanged{});
}

void JobQueue::resume() {
  database_.write(
      [](SQLite::Database& database) { execute(database, "DELETE FROM queue_state WHERE name = 'paused'"); });
  wake();
  events_.publish(QueueChanged{});
}

bool JobQueue::is_paused() const { return counts().is_paused; }

std::optional<Job> JobQueue::claim_next() {
  std::optional<Job> job;
  database_.write([&](SQLite::Database& database) {
    if (number(database, "SELECT value FROM queue_state WHERE name = 'paused'") != 0) return;
    const JobId id =
        number(database, "SELECT id FROM jobs WHERE state = 'waiting' ORDER BY priority DESC, place LIMIT 1");
    if (id == 0) return;
    execute(database, "UPDATE jobs SET state = 'running', started_at = max(?, created_at) WHERE id = ?", clock_(), id);
    job = find_job(database, id).job;
  });
  if (job) announce(job->id);
  return job;
}

void JobQueue::set_pictures_wanted(JobId id, int count) {
  int changed = 0;
  database_.write([&](SQLite::Database& database) {
    changed =
        execute(database, "UPDATE jobs SET pictures_wanted = ?1 WHERE id = ?2 AND pictures_wanted != ?1", count, id);
  });
  if (changed != 0) events_.publish(JobChanged{id});
}

void JobQueue::add_warnings(JobId id, const std::vector<std::string>& warnings) {
  bool is_changed = false;
  database_.write([&](SQLite::Database& database) {
    std::vector<std::string> known = find_job(database, id).job.warnings;
    for (const std::string& warning : warnings) {
      if (std::ranges::find(known, warning) != known.end()) continue;
      known.push_back(warning);
      is_changed = true;
    }
    if (is_changed) execute(database, "UPDATE jobs SET warnings = ? WHERE id = ?", stored_lines(known), id);
  });
  if (is_changed) events_.publish(JobChanged{id});
}

void JobQueue::reserve_picture(const JobPicture& picture) {
  database_.write([&](SQLite::Database& database) {
    execute(database, "INSERT OR REPLACE INTO job_pictures (job, picture_index, file, digest) VALUES (?, ?, ?, ?)",
            picture.job, picture.index, picture.file, picture.digest);
  });
}

bool JobQueue::complete_picture(SQLite::Database& connection, JobId id, int index, PictureId picture) {
  const bool is_new =
      execute(connection, "UPDATE job_pictures SET picture = ? WHERE job = ? AND picture_index = ? AND picture IS NULL",
              picture, id, index) != 0;
  if (is_new) execute(connection, "UPDATE jobs SET pictures_done = pictures_done + 1 WHERE id = ?", id);
  return is_new;
}

void JobQueue::announce_picture(JobId id, PictureId picture) {
  events_.publish(PictureAdded{.job = id, .picture = picture});
  events_.publish(JobChanged{id});
}

void JobQueue::complete_picture(JobId id, int index, PictureId picture) {
  bool is_new = false;
  database_.write([&](SQLite::Database& connection) { is_new = complete_picture(connection, id, index, picture); });
  if (is_new) announce_picture(id, picture);
}

void JobQueue::release_picture(JobId id, int index) {
  database_.write([&](SQLite::Database& database) {
    execute(database, "DELETE FROM job_pictures WHERE job = ? AND picture_index = ? AND picture IS NULL", id, index);
  });
}

void JobQueue::count_picture(JobId id) {
  database_.write([&](SQLite::Database& database) {
    execute(database, "UPDATE jobs SET pictures_done = pictures_done + 1 WHERE id = ?", id);
  });
  events_.publish(JobChanged{id});
}

std::vector<JobPicture> JobQueue::pictures_of(JobId id) const {
  std::vector<JobPicture> pictures;
  database_.read([&](SQLite::Database& database) {
    SQLite::Statement statement(
        database,
        "SELECT job, picture_index, file, digest, picture FROM job_pictures WHERE job = ? ORDER BY picture_index");
    statement.bind(1, id);
    pictures = read_pictures(statement);
  });
  return pictures;
}

std::vector<JobSource> JobQueue::sources_of(JobId id) const {
  std::vector<JobSource> sources;
  database_.read([&](SQLite::Database& database) {
    SQLite::Statement statement(database, "SELECT sources FROM jobs WHERE id = ?");
    statement.bind(1, id);
    if (statement.executeStep()) sources = sources_from(statement.getColumn(0).getString());
  });
  return sources;
}

std::vector<JobSourceUse> JobQueue::source_uses() const {
  std::vector<JobSourceUse> uses;
  std::set<std::string> seen;
  database_.read([&](SQLite::Database& database) {
    SQLite::Statement statement(database,
                                "SELECT sources, state IN ('waiting', 'running') AS needed FROM jobs WHERE sources != "
                                "'' ORDER BY needed DESC, id DESC");
    while (statement.executeStep()) {
      for (JobSource& source : sources_from(statement.getColumn(0).getString())) {
        if (!seen.insert(source.digest).second) continue;
        uses.push_back({.digest = std::move(source.digest), .is_needed = statement.getColumn(1).getInt() != 0});
      }
    }
  });
  return uses;
}

void JobQueue::finish(JobId id, const JobEnd& end) {
  database_.write([&](SQLite::Database& database) {
    execute(
        database,
        "UPDATE jobs SET state = ?, error_code = ?, error = ?, was_interrupted = ?, finished_at = max(?, started_at) "
        "WHERE id = ? AND state = 'running'",
        std::string(name_of(end.state)), stored_name(end.error_code), end.error, end.was_interrupted ? 1 : 0, clock_(),
        id);
    forget_oldest(database);
  });
  {
    const std::lock_guard lock(mutex_);
    stopping_.erase(id);
  }
  announce(id);
}

void JobQueue::put_back(JobId id) {
  database_.write([&](SQLite::Database& database) {
    if (find_job(database, id).job.state == JobState::kRunning) put_first(database, id);
  });
  announce(id);
}

void JobQueue::recover(const std::function<std::optional<PictureId>(const JobPicture&)>& adopt) {
  std::vector<JobPicture> reserved;
  database_.read([&](SQLite::Database& database) {
    SQLite::Statement statement(
        database, "SELECT job, picture_index, file, digest, picture FROM job_pictures WHERE picture IS NULL");
    reserved = read_pictures(statement);
  });
  for (const JobPicture& picture : reserved) {
    if (const std::optional<PictureId> adopted = adopt(picture)) {
      complete_picture(picture.job, picture.index, *adopted);
    } else {
      release_picture(picture.job, picture.index);
    }
  }
  database_.write([this](SQLite::Database& database) {
    execute(database,
            "UPDATE jobs SET state = 'cancelled', finished_at = max(?, created_at) WHERE state = 'running' AND "
            "is_cancelled != 0",
            clock_());
    execute(database,
            "UPDATE jobs SET state = 'cancelled', finished_at = max(?, created_at), error = 'the program that waited "
            "for the pictures has "
            "ended' WHERE state IN ('waiting', 'running') AND saves_pictures = 0",
            clock_());
    // The last first, so that the first comes first.
    while (const JobId id = number(database, "SELECT max(id) FROM jobs WHERE state = 'running'")) {
      put_first(database, id);
    }
  });
}

Job JobQueue::wait(JobId id, const Cancellation& cancellation) const {
  constexpr std::chrono::milliseconds kLook{100};  // how late a cancellation is noticed
  for (;;) {
    const std::uint64_t seen = changes();
    Job job = find(id);
    if (has_ended(job.state)) return job;
    cancellation.check();
    {
      const std::lock_guard lock(mutex_);
      if (is_closed_) fail(ErrorCode::kCancelled, "job {} waits for the next start: the studio is closing", id);
    }
    wait_for_change(seen, kLook);
  }
}

std::uint64_t JobQueue::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

void JobQueue::wait_for_change(std::uint64_t seen, std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  steady_wait(changed_, lock, patience, [&] { return is_closed_ || changes_ != seen; });
}

void JobQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
  }
  changed_.notify_all();
}

}  // namespace fude::service
