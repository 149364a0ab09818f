#include "service/job_runner.h"

#include <c10/util/Exception.h>

#include <chrono>
#include <filesystem>
#include <new>
#include <utility>

#include "core/error.h"
#include "service/comparison_run.h"
#include "service/folder_run.h"
#include "service/job_kinds.h"
#include "service/merge_run.h"
#include "service/picture_run.h"
#include "service/upscale_run.h"
#include "service/verify_run.h"

namespace fude::service {
namespace {

using pipelines::GenerationRequest;

bool is_nearly_full(const std::filesystem::path& folder, std::int64_t least_free) {
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(folder, error);
  return !error && space.available < static_cast<std::uintmax_t>(least_free);
}

// What is not an Error of ours is turned into one here, once.
JobEnd end_by_current_exception() {
  try {
    throw;
  } catch (const Error& error) {
    return {.state = error.code() == ErrorCode::kCancelled ? JobState::kCancelled : JobState::kFailed,
            .error_code = error.code(),
            .error = error.what()};
  } catch (const std::bad_alloc&) {
    return {.state = JobState::kFailed,
            .error_code = ErrorCode::kOutOfResources,
            .error = "memory is exhausted; try a smaller picture or batch"};
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    const bool is_memory = text.find("out of memory") != std::string::npos;
    return {.state = JobState::kFailed,
            .error_code = is_memory ? ErrorCode::kOutOfResources : ErrorCode::kUnsupportedModel,
            .error = printable(text, 500)};
  } catch (const std::exception& error) {
    return {.state = JobState::kFailed, .error_code = ErrorCode::kInvalidArgument, .error = printable(error.what())};
  }
}

// What each kind of job does.
void run(Workbench& bench, const Job& job) {
  require_kind(job.kind);
  if (job.kind == kMergeKind) return run_merge(bench, job);
  if (job.kind == kVerifyKind) return run_verification(bench, job);
  if (job.kind == kUpscaleKind) return run_upscale(bench, job);
  if (job.kind == kFolderKind) return run_folder(bench, job);
  if (job.kind == kCompareKind) return run_comparison(bench, job);
  run_pictures(bench, job);
}

}  // namespace

JobRunner::JobRunner(const RunnerParts& parts) : bench_(parts), thread_([this] { work(); }) {}

JobRunner::~JobRunner() {
  bench_.stop();
  bench_.parts().queue.wake();
  thread_.join();
}

void JobRunner::work() {
  constexpr std::chrono::seconds kPatience{60}, kPause{1};
  while (!bench_.is_stopping()) {
    const std::uint64_t seen = bench_.parts().queue.changes();
    run_tasks();
    if (bench_.is_stopping()) break;
    try {
      if (const std::optional<Job> job = bench_.parts().queue.claim_next()) {
        carry_out(*job);
        continue;
      }
    } catch (const Error&) {  // the disk is full, or the database is locked: later
      std::this_thread::sleep_for(kPause);
      continue;
    }
    bench_.parts().queue.wait_for_change(seen, kPatience);
  }
  run_tasks();
}

void JobRunner::carry_out(const Job& job) {
  bench_.begin(job);
  const RunnerParts& parts = bench_.parts();
  JobEnd end;
  bool needs_room = false;
  try {
    run(bench_, job);
    end.was_interrupted = bench_.is_interrupted(job);
  } catch (const Stopped&) {
    parts.queue.put_back(job.id);
    bench_.meter().end();
    return;
  } catch (...) {
    end = end_by_current_exception();
    end.error = without_folder(std::move(end.error), parts.data_dir);
    if (end.state == JobState::kCancelled) end = {.state = JobState::kCancelled, .was_interrupted = true};
    if (end.error_code == ErrorCode::kOutOfResources) {
      bench_.forget_models();
      // The jobs that wait would fail one after the other.
      needs_room = is_nearly_full(parts.data_dir, parts.least_free);
    }
    if (needs_room) end.error += "; the queue is paused: make room on the disk, then resume it";
  }
  bench_.end();
  finish(job, end, needs_room);
  bench_.publish_progress(/*is_urgent=*/true);
  parts.sources.tidy();
}

// Until it is stored: a full disk may be emptied, and a job that is still running would never end.
void JobRunner::finish(const Job& job, const JobEnd& end, bool pauses_queue) {
  for (;;) {
    try {
      if (pauses_queue) bench_.parts().queue.pause();
      bench_.parts().queue.finish(job.id, end);
      return;
    } catch (const Error&) {
      if (bench_.is_stopping()) return;
      std::this_thread::sleep_for(std::chrono::seconds(1));
    }
  }
}

void JobRunner::on_thread(std::function<void()> task) {
  std::packaged_task<void()> packaged(std::move(task));
  std::future<void> done = packaged.get_future();
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(packaged));
  }
  bench_.parts().queue.wake();
  done.get();
}

void JobRunner::run_tasks() {
  for (;;) {
    std::packaged_task<void()> task;
    {
      const std::lock_guard lock(mutex_);
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

void JobRunner::load(const GenerationRequest& request) {
  on_thread([&] {
    try {
      bench_.take_model(request);
    } catch (...) {
      bench_.tell_loaded([](LoadedModel& loaded) { loaded.is_loading = false; });
      throw;
    }
  });
}

void JobRunner::unload() {
  on_thread([this] {
    bench_.forget_models();
    bench_.tell_loaded([](LoadedModel& loaded) { loaded = {}; });
  });
}

}  // namespace fude::service
