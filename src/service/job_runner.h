#pragma once

#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "service/workbench.h"

namespace fude::service {

/// The thread that carries out the queue's jobs, one after the other, and everything else that touches the models.
class JobRunner {
 public:
  explicit JobRunner(const RunnerParts& parts);
  /// Stops at the next step; a running job is put back into the queue.
  ~JobRunner();

  void interrupt() { bench_.interrupt(); }
  bool interrupt(JobId id) { return bench_.interrupt(id); }
  void skip() { bench_.skip(); }
  RunningState running() const { return bench_.running(); }
  std::optional<Preview> preview() const { return bench_.preview(); }
  LoadedModel loaded() const { return bench_.loaded(); }

  /// Between two jobs, on the thread; wait for it. They throw what the work throws.
  void load(const pipelines::GenerationRequest& request);
  void unload();

 private:
  void work();
  void carry_out(const Job& job);
  void finish(const Job& job, const JobEnd& end, bool pauses_queue);
  void on_thread(std::function<void()> task);
  void run_tasks();

  Workbench bench_;
  std::mutex mutex_;
  std::deque<std::packaged_task<void()>> tasks_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace fude::service
