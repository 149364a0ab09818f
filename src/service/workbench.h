#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/engine_options.h"
#include "pipelines/model_library.h"
#include "service/input_folders.h"
#include "service/job_failures.h"
#include "service/job_queue.h"
#include "service/job_sources.h"
#include "service/kept_results.h"
#include "service/loaded_model.h"
#include "service/model_cache.h"
#include "service/pace.h"
#include "service/picture_store.h"
#include "service/progress_meter.h"
#include "service/settings_store.h"

namespace fude::pipelines {
enum class Continuation;
}

namespace fude::service {

class FilmStore;
class Verifications;

/// What jobs are carried out with; all of it must outlive who works with it.
struct RunnerParts {
  JobQueue& queue;
  EventHub& events;
  SettingsStore& settings;
  JobSources& sources;
  const InputFolders& folders;
  PictureStore& pictures;
  KeptResults& results;
  JobFailures& failures;
  const Gallery& gallery;
  Verifications& verifications;
  FilmStore& films;
  Pace& pace;
  const pipelines::ModelLibrary& library;
  std::filesystem::path data_dir;
  pipelines::EngineOptions engine;
  std::int64_t model_memory_budget = 0;  // bytes; 0: half of what is free
  std::int64_t least_free = 0;           // bytes; a disk with less is full
  std::function<void()> on_new_model;    // there is another file in the models folder
};

/// Thrown on the runner's thread to leave a job for the next start.
struct Stopped {};

/// Where jobs are carried out: the models, and what pages and people are told of the running job and may say to it.
/// Each kind of job is a function in a file of its own that is given the bench and the job (picture_run.h, ..).
/// Models belong to the runner's thread; the questions that other threads ask are marked.
class Workbench {
 public:
  explicit Workbench(const RunnerParts& parts);

  const RunnerParts& parts() const { return parts_; }
  ProgressMeter& meter() { return meter_; }

  /// A job begins, and has ended: what was shown of the one before is forgotten.
  void begin(const Job& job);
  void end();

  /// The model of a request, loaded if need be; valid until the next call. Throws Error as load_picture_model().
  pipelines::PictureModel& take_model(const pipelines::GenerationRequest& request);
  void forget_models();
  void tell_loaded(const std::function<void(LoadedModel&)>& change);

  /// The job is at another stage, as Progressed has it.
  void enter(const std::string& stage);
  /// Tells the pages how far the job is; ten times a second at most unless it is urgent.
  void publish_progress(bool is_urgent);
  void warn(const Job& job, std::vector<std::string> warnings);
  void show(const Job& job, std::vector<std::byte> png);

  /// Throws Stopped when the program ends, Error(kCancelled) when the job was cancelled.
  void check_going_on(const Job& job) const;
  bool is_interrupted(const Job& job) const { return interrupted_ == job.id; }
  /// Throws as check_going_on().
  pipelines::Continuation continuation(const Job& job);
  /// Progress of work that leaves nothing behind when it is interrupted. Throws as check_going_on(), and
  /// Error(kCancelled) when it is interrupted.
  void note_share(const Job& job, std::int64_t done, std::int64_t total);

  // In any thread:
  void stop() { is_stopping_ = true; }
  bool is_stopping() const { return is_stopping_; }
  void interrupt();
  bool interrupt(JobId id);  // false: it does not run
  void skip();
  RunningState running() const { return meter_.state(); }
  std::optional<Preview> preview() const;
  LoadedModel loaded() const;

 private:
  RunnerParts parts_;
  ModelCache models_;
  ProgressMeter meter_;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<JobId> interrupted_ = 0;                       // the job that is to end
  std::atomic<JobId> skipped_ = 0;                           // the job whose batch is to end
  std::chrono::steady_clock::time_point published_at_ = {};  // of the runner's thread only

  mutable std::mutex mutex_;
  LoadedModel loaded_;
  std::optional<Preview> preview_;
  std::uint64_t previews_ = 0;
};

/// Pages that look on from elsewhere are told where a file lies within the data folder, not on the machine.
std::string without_folder(std::string message, const std::filesystem::path& folder);

}  // namespace fude::service
