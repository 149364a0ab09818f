#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace fude::ops::cpu {

/// A task that is only borrowed: no allocation, and it must outlive the call it is given to.
class TaskRef {
 public:
  template <typename Task>
  requires(!std::is_same_v<std::remove_cvref_t<Task>, TaskRef>)
      TaskRef(Task&& task)  // NOLINT(google-explicit-constructor): a lambda is what callers write
      : task_(const_cast<void*>(static_cast<const void*>(&task))),
        call_([](void* held, std::int64_t index) { (*static_cast<std::remove_reference_t<Task>*>(held))(index); }) {}

  void operator()(std::int64_t index) const { call_(task_, index); }

 private:
  void* task_;
  void (*call_)(void*, std::int64_t);
};

/// Threads that share out the numbered pieces of one job after the other. Each takes the next piece when it is done
/// with one, so that a thread that the system stops for a while holds up its own piece only, not a fixed share.
/// What a piece computes must not depend on which thread takes it: then results do not depend on the number of threads.
class ThreadPool {
 public:
  /// `threads` counts the caller: 1 starts none.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /// task(i) once for every i in [0, count), in any order and at the same time; returns when all are done. The first
  /// exception that a piece throws is thrown again, when all are done. A piece that starts a job of its own, and a
  /// second caller while one is at work, run theirs alone.
  void run(std::int64_t count, TaskRef task);

 private:
  /// The next piece and the job it belongs to in one word: a thread that comes late cannot take a later job's piece.
  struct Ticket {
    std::uint32_t job = 0, next = 0;
  };

  void work();
  bool take_piece(std::uint32_t job);
  void run_piece(const TaskRef& task, std::int64_t index);
  void keep_exception();

  std::mutex one_job_;
  std::atomic<Ticket> ticket_{};
  std::atomic<const TaskRef*> task_{nullptr};
  std::atomic<std::uint32_t> count_{0}, done_{0};
  std::atomic<std::uint32_t> started_{0};  // jobs so far: what idle threads wait on
  std::atomic<bool> is_ending_{false};
  std::mutex failure_lock_;
  std::exception_ptr failure_;
  std::vector<std::thread> workers_;
};

/// The pool that the kernels of inference share: as many threads as the processor has cores until set otherwise.
ThreadPool& compute_pool();

/// Replaces it. count >= 1; not while a kernel runs.
void set_compute_threads(int count);

/// task(begin, end) over [0, count) in pieces of at most `piece` >= 1.
template <typename Task>
void parallel_pieces(std::int64_t count, std::int64_t piece, Task&& task) {
  compute_pool().run((count + piece - 1) / piece, [&](std::int64_t index) {
    const std::int64_t begin = index * piece;
    task(begin, begin + piece < count ? begin + piece : count);
  });
}

}  // namespace fude::ops::cpu
