#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "pipelines/saving_texts.h"
#include "service/database.h"
#include "service/events.h"
#include "service/ids.h"

namespace fude::service {

enum class JobState { kWaiting, kRunning, kDone, kFailed, kCancelled };

/// "waiting", "running", "done", "failed", "cancelled".
std::string_view name_of(JobState state);
/// Throws Error(kInvalidArgument) with the nearest name.
JobState job_state_from(std::string_view name);
/// Done, failed or cancelled.
bool has_ended(JobState state);

/// A picture that a job starts from, which job_sources.h keeps.
struct JobSource {
  std::string member = {};  // of the request: "init_images"
  std::string digest = {};  // SHA-256 of its bytes

  bool operator==(const JobSource&) const = default;
};

/// What such a picture is kept for.
struct JobSourceUse {
  std::string digest = {};
  bool is_needed = false;  // by a job that has not ended
};

/// What is asked for.
struct NewJob {
  std::string kind = "txt2img";
  std::string request = {};  // a JSON text; what it holds is the kind's affair
  int priority = 0;          // -100..100; higher goes first
  std::string origin = {};   // who asks: "studio", "sdapi", "openai", "command line"
  std::string task = {};     // an id that the client chose, at most 200 bytes; empty: none
  bool saves_pictures = true;
  pipelines::SavingTexts saving = {};  // settings of its own, for pictures that are made of words or pictures
  int pictures_wanted = 1;
  std::vector<std::string> warnings = {};
  std::vector<JobSource> sources = {};
};

/// One row of the queue.
struct Job {
  JobId id = 0;
  std::string kind = {};
  std::string request = {};
  int priority = 0;
  JobState state = JobState::kWaiting;
  int position = 0;  // of a waiting job; 1 is next. 0: it does not wait
  std::string origin = {};
  std::string task = {};
  bool saves_pictures = true;
  Milliseconds created_at = 0;
  Milliseconds started_at = 0;
  Milliseconds finished_at = 0;
  int pictures_wanted = 0;
  int pictures_done = 0;
  std::vector<PictureId> pictures = {};      // in the job's order; those whose rows the gallery has
  std::optional<ErrorCode> error_code = {};  // of a failed job
  std::string error = {};                    // why it failed; empty: it did not
  std::vector<std::string> warnings = {};    // one line each
  bool was_interrupted = false;              // ended early because somebody asked for it
};

/// How a job came to its end.
struct JobEnd {
  JobState state = JobState::kDone;
  std::optional<ErrorCode> error_code = {};
  std::string error = {};
  bool was_interrupted = false;
};

/// Which jobs to list.
struct JobQuery {
  std::vector<JobState> states = {JobState::kWaiting, JobState::kRunning};
  JobId before = 0;  // of the ended ones those with a lower id; 0: all
  int after = 0;     // of the waiting ones those behind this position
  int limit = 100;   // 1..500
};

struct JobPage {
  std::vector<Job> jobs;   // the running one, the waiting ones in their order, the ended ones by falling id
  std::int64_t total = 0;  // in these states
};

struct QueueCounts {
  bool is_paused = false;
  std::int64_t waiting = 0;
  std::optional<JobId> running = {};
};

/// A picture of a job that has a place on the disk, and a row in the gallery once it is finished.
struct JobPicture {
  JobId job = 0;
  int index = 0;                          // in the job, from 0
  std::string file = {};                  // relative to the outputs folder, with '/'
  std::string digest = {};                // SHA-256 of the file's bytes
  std::optional<PictureId> picture = {};  // absent: reserved only
};

/// The jobs, on the disk. Everything that was stored is there after the process or the machine died, at whatever
/// moment. Jobs wait in the order of their priority, then in that in which they came or were moved. All of it is safe
/// in any thread.
///
/// A picture comes to its job in three steps, so that it is neither lost nor made twice: reserve_picture() with the
/// file's name, the file itself (written to a temporary name and renamed), complete_picture() when it is in the
/// gallery.
class JobQueue {
 public:
  using Clock = std::function<Milliseconds()>;

  /// `clock` says what time to note at a job; nothing else goes by it, so that it may be set back. A job never ends
  /// before it began, nor begins before it was stored.
  JobQueue(Database& database, EventHub& events, Clock clock = now);

  /// Stores a job; it is on the disk when this returns. The same task as that of a job that is stored gives that job.
  /// Throws Error(kInvalidArgument): priority or task out of range, no kind.
  Job submit(const NewJob& job);

  /// Throws Error(kNotFound).
  Job find(JobId id) const;
  /// By what the client called it; absent when nothing is called so.
  std::optional<Job> find_task(std::string_view task) const;
  /// Throws Error(kInvalidArgument) for a limit out of range.
  JobPage list(const JobQuery& query) const;
  QueueCounts counts() const;

  /// A waiting job is cancelled; a running one is asked to end (see is_stopping()), and keeps what it has finished; an
  /// ended one stays as it is. Throws Error(kNotFound).
  Job cancel(JobId id);
  /// Whether the running job was cancelled.
  bool is_stopping(JobId id) const;

  /// Puts a waiting job at a position (1 is next; beyond the end: the end), whatever its priority was: it takes over
  /// that of the job whose place it takes. Throws Error: kNotFound, kInvalidArgument (it does not wait).
  Job move(JobId id, int new_position);
  /// At the end of those of that priority. Throws Error as move().
  Job set_priority(JobId id, int priority);

  /// The same job once more, with the same request. Throws Error(kNotFound).
  Job repeat(JobId id);

  /// While paused no waiting job is begun; a running one is not disturbed. Survives a restart.
  void pause();
  void resume();
  bool is_paused() const;

  /// Takes the next waiting job, which is running from then on; absent when there is none or the queue is paused.
  std::optional<Job> claim_next();

  /// Says how many pictures a running job will have come to, and what there is to tell about it.
  void set_pictures_wanted(JobId id, int count);
  void add_warnings(JobId id, const std::vector<std::string>& warnings);

  /// A name for a picture of a job, before the file exists. The same index again: the newer name.
  void reserve_picture(const JobPicture& picture);
  /// The file is there, and in the gallery. Once more does nothing.
  void complete_picture(JobId id, int index, PictureId picture);
  /// The same within a transaction of the gallery's; call announce_picture() after it.
  static bool complete_picture(SQLite::Database& connection, JobId id, int index, PictureId picture);
  void announce_picture(JobId id, PictureId picture);
  /// Takes back a reservation whose file was not written.
  void release_picture(JobId id, int index);
  /// Counts a picture of a job whose pictures are not saved.
  void count_picture(JobId id);
  /// Those of a job, by index.
  std::vector<JobPicture> pictures_of(JobId id) const;

  /// What a job starts from, in the order in which it was given; nothing for one that does not exist.
  std::vector<JobSource> sources_of(JobId id) const;
  /// Of all jobs, each once: those that are needed first, then by falling id of the latest job that has it.
  std::vector<JobSourceUse> source_uses() const;

  /// Ends a running job. Of the ended jobs the oldest beyond kMostEnded are forgotten; their pictures stay.
  void finish(JobId id, const JobEnd& end);

  /// Lets a running job wait again, before all others: the program is about to end.
  void put_back(JobId id);

  /// To be called once, before the first claim_next(): brings what an earlier run left into order. Reserved pictures
  /// are completed where `adopt` gives a row (it is told the reservation, and returns nothing when there is no whole
  /// file); other reservations go. Jobs that were running wait again, before all others; those that had been cancelled,
  /// and those whose pictures nobody saves and nobody waits for any more, are cancelled.
  void recover(const std::function<std::optional<PictureId>(const JobPicture&)>& adopt);

  /// Waits until the job has ended and returns it. Throws Error: kNotFound, kCancelled (by `cancellation`, or the queue
  /// was closed).
  Job wait(JobId id, const Cancellation& cancellation) const;

  /// Counts everything that might make a job claimable or end one.
  std::uint64_t changes() const;
  /// Waits until changes() is beyond `seen` or the queue is closed, `patience` at most.
  void wait_for_change(std::uint64_t seen, std::chrono::milliseconds patience) const;
  /// Counts as such a change.
  void wake();
  /// Ends all waiting.
  void close();

  /// So many ended jobs are remembered.
  static constexpr int kMostEnded = 1000;

 private:
  void announce(JobId job);

  Database& database_;
  EventHub& events_;
  Clock clock_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::uint64_t changes_ = 0;
  std::set<JobId> stopping_;
  bool is_closed_ = false;
};

}  // namespace fude::service
