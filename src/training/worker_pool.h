#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace fude::training {

/// Threads that each compute alone (one intra-op thread), so that a batch is split by pictures and not inside every
/// operation. On a machine shared with other work this is several times faster: threads meet once a step, not thousands
/// of times.
class WorkerPool {
 public:
  /// `workers` >= 1.
  explicit WorkerPool(int workers);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Runs task(0) .. task(count - 1), each once, in any order and in parallel; returns when all are done. The first
  /// exception of a task is thrown again here. Not to be called from a task.
  void run(int count, const std::function<void(int)>& task);

  int workers() const { return static_cast<int>(threads_.size()); }

 private:
  void work();
  void run_one(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(int)>* task_ = nullptr;
  int next_ = 0, count_ = 0, unfinished_ = 0;
  bool is_stopping_ = false;
  std::exception_ptr failure_;
  std::vector<std::thread> threads_;
};

}  // namespace fude::training
