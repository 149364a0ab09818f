#include "ops/cpu/thread_pool.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "core/error.h"
#include "core/platform/processors.h"

namespace fude::ops::cpu {
namespace {

// Some ten microseconds: jobs of one network follow each other closer than that, and waking a thread costs more.
constexpr int kSpins = 2000;
constexpr std::uint32_t kClosed = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t kMaxPieces = kClosed - 1;

thread_local bool is_inside_a_job = false;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// Until `value` is no longer `old`: awake for a moment, then asleep.
void wait_for_change(const std::atomic<std::uint32_t>& value, std::uint32_t old) {
  for (int i = 0; i < kSpins; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    pause();
  }
  value.wait(old, std::memory_order_acquire);
}

class InsideAJob {
 public:
  InsideAJob() : was_(std::exchange(is_inside_a_job, true)) {}
  ~InsideAJob() { is_inside_a_job = was_; }
  InsideAJob(const InsideAJob&) = delete;
  InsideAJob& operator=(const InsideAJob&) = delete;

 private:
  bool was_;
};

void run_alone(std::int64_t count, const TaskRef& task) {
  for (std::int64_t i = 0; i < count; ++i) task(i);
}

std::unique_ptr<ThreadPool>& shared_pool() {
  static auto pool = std::make_unique<ThreadPool>(platform::available_cores());
  return pool;
}

}  // namespace

ThreadPool::ThreadPool(int threads) {
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this] { work(); });
}

ThreadPool::~ThreadPool() {
  is_ending_ = true;
  started_.fetch_add(1, std::memory_order_release);
  started_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::keep_exception() {
  const std::scoped_lock lock(failure_lock_);
  if (!failure_) failure_ = std::current_exception();
}

void ThreadPool::run_piece(const TaskRef& task, std::int64_t index) {
  try {
    task(index);
  } catch (...) {
    keep_exception();
  }
}

// Takes and runs one piece of this job; false when there is none left.
bool ThreadPool::take_piece(std::uint32_t job) {
  Ticket ticket = ticket_.load(std::memory_order_acquire);
  // A taken piece keeps its job from ending, so what is read of the job before is its own if the exchange succeeds.
  const TaskRef* task = nullptr;
  std::uint32_t count = 0;
  do {
    if (ticket.job != job) return false;
    task = task_.load(std::memory_order_acquire);
    count = count_.load(std::memory_order_acquire);
    if (ticket.next >= count) return false;
  } while (!ticket_.compare_exchange_weak(ticket, {.job = job, .next = ticket.next + 1}, std::memory_order_acq_rel,
                                          std::memory_order_acquire));
  run_piece(*task, ticket.next);
  if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 == count) done_.notify_one();
  return true;
}

void ThreadPool::work() {
  const InsideAJob inside;
  std::uint32_t seen = 0;
  while (true) {
    wait_for_change(started_, seen);
    seen = started_.load(std::memory_order_acquire);
    if (is_ending_) return;
    while (take_piece(seen)) {
    }
  }
}

void ThreadPool::run(std::int64_t count, TaskRef task) {
  if (count <= 0) return;
  if (count > kMaxPieces)
    fail(ErrorCode::kInvalidArgument, "a job of {} pieces, expected {} at most", count, kMaxPieces);
  if (count == 1 || workers_.empty() || is_inside_a_job) return run_alone(count, task);
  const std::unique_lock only(one_job_, std::try_to_lock);
  if (!only.owns_lock()) return run_alone(count, task);

  const InsideAJob inside;
  const std::uint32_t job = started_.load(std::memory_order_relaxed) + 1;
  // Closed first: a late thread that sees this job's task and count cannot take a piece on the last job's ticket.
  ticket_.store({.job = job, .next = kClosed}, std::memory_order_relaxed);
  task_.store(&task, std::memory_order_release);
  count_.store(static_cast<std::uint32_t>(count), std::memory_order_release);
  done_.store(0, std::memory_order_relaxed);
  ticket_.store({.job = job, .next = 0}, std::memory_order_release);
  started_.store(job, std::memory_order_release);
  started_.notify_all();
  while (take_piece(job)) {
  }
  for (std::uint32_t done = done_.load(std::memory_order_acquire); done != count;
       done = done_.load(std::memory_order_acquire)) {
    wait_for_change(done_, done);
  }
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

ThreadPool& compute_pool() { return *shared_pool(); }

void set_compute_threads(int count) {
  if (count != compute_pool().threads()) shared_pool() = std::make_unique<ThreadPool>(std::max(1, count));
}

}  // namespace fude::ops::cpu
