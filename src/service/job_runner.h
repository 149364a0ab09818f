#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "pipelines/engine_options.h"
#include "pipelines/model_library.h"
#include "service/job_queue.h"
#include "service/job_sources.h"
#include "service/kept_results.h"
#include "service/loaded_model.h"
#include "service/model_cache.h"
#include "service/picture_store.h"
#include "service/progress_meter.h"
#include "service/settings_store.h"

namespace fude::service {

/// What a JobRunner works with; all of it must outlive it.
struct RunnerParts {
  JobQueue& queue;
  EventHub& events;
  SettingsStore& settings;
  JobSources& sources;
  PictureStore& pictures;
  KeptResults& results;
  const pipelines::ModelLibrary& library;
  std::filesystem::path data_dir;
  pipelines::EngineOptions engine;
  std::int64_t model_memory_budget = 0;  // bytes; 0: half of what is free
  std::int64_t least_free = 0;           // bytes; a disk with less is full
  std::function<void()> on_new_model;    // there is another file in the models folder
};

/// The thread that carries out the queue's jobs, one after the other, and everything else that touches the models.
class JobRunner {
 public:
  explicit JobRunner(const RunnerParts& parts);
  /// Stops at the next step; a running job is put back into the queue.
  ~JobRunner();

  void interrupt();
  bool interrupt(JobId id);
  void skip();
  RunningState running() const { return meter_.state(); }
  std::optional<Preview> preview() const;
  LoadedModel loaded() const;

  /// Between two jobs, on the thread; wait for it. They throw what the work throws.
  void load(const pipelines::GenerationRequest& request);
  void unload();

 private:
  class PictureRun;

  void work();
  void carry_out(const Job& job);
  void finish(const Job& job, const JobEnd& end, bool pauses_queue);
  void merge(const Job& job);
  void upscale(const Job& job);
  std::filesystem::path picture_folder(const std::string& base) const;
  void check_going_on(const Job& job) const;
  pipelines::PictureModel& take_model(const pipelines::GenerationRequest& request);
  void on_thread(std::function<void()> task);
  void run_tasks();
  void tell_loaded(const std::function<void(LoadedModel&)>& change);
  void publish_progress(bool is_urgent);

  RunnerParts parts_;
  ModelCache models_;
  ProgressMeter meter_;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<JobId> interrupted_ = 0;                       // the job that is to end
  std::atomic<JobId> skipped_ = 0;                           // the job whose batch is to end
  std::chrono::steady_clock::time_point published_at_ = {};  // of the thread only

  mutable std::mutex mutex_;
  std::deque<std::packaged_task<void()>> tasks_;
  LoadedModel loaded_;
  std::optional<Preview> preview_;
  std::uint64_t previews_ = 0;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace fude::service
