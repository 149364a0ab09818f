#include "training/worker_pool.h"

#include <ATen/Parallel.h>

#include <utility>

namespace fude::training {

WorkerPool::WorkerPool(int workers) {
  for (int i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::run(int count, const std::function<void(int)>& task) {
  std::unique_lock lock(mutex_);
  task_ = &task;
  next_ = 0;
  count_ = unfinished_ = count;
  wake_.notify_all();
  done_.wait(lock, [this] { return unfinished_ == 0; });
  task_ = nullptr;
  if (std::exception_ptr failure = std::exchange(failure_, nullptr)) std::rethrow_exception(failure);
}

void WorkerPool::work() {
  at::set_num_threads(1);
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return is_stopping_ || next_ < count_; });
    if (is_stopping_) return;
    run_one(lock);
  }
}

void WorkerPool::run_one(std::unique_lock<std::mutex>& lock) {
  const int index = next_++;
  const std::function<void(int)>& task = *task_;
  lock.unlock();
  std::exception_ptr failure;
  try {
    task(index);
  } catch (...) {
    failure = std::current_exception();
  }
  lock.lock();
  if (failure && !failure_) failure_ = failure;
  if (--unfinished_ == 0) done_.notify_all();
}

}  // namespace fude::training
