#include "server/connection_threads.h"

#include <chrono>
#include <system_error>
#include <utility>

namespace fude::server {
namespace {

constexpr std::chrono::seconds kIdleTime{20};

}  // namespace

void ConnectionThreads::enqueue(std::function<void()> task) {
  std::vector<std::thread> finished;
  {
    const std::lock_guard guard(lock_);
    tasks_.push_back(std::move(task));
    if (idle_ < tasks_.size() && threads_.size() < most_) add_thread();
    finished = std::exchange(finished_, {});
  }
  has_task_.notify_one();
  join_finished(finished);
}

void ConnectionThreads::add_thread() {
  try {
    std::thread thread([this] { work(); });
    threads_.emplace(thread.get_id(), std::move(thread));
  } catch (const std::system_error&) {  // the system has no more: those that are there will come to the task
    if (threads_.empty()) throw;
  }
}

bool ConnectionThreads::is_crowded() const {
  const std::lock_guard guard(lock_);
  return tasks_.size() > idle_ && threads_.size() >= most_;
}

void ConnectionThreads::work() {
  std::unique_lock guard(lock_);
  while (true) {
    ++idle_;
    has_task_.wait_for(guard, kIdleTime, [this] { return !tasks_.empty() || is_closing_; });
    --idle_;
    if (tasks_.empty()) break;
    const auto task = std::move(tasks_.front());
    tasks_.pop_front();
    guard.unlock();
    task();
    guard.lock();
  }
  const auto self = threads_.find(std::this_thread::get_id());
  finished_.push_back(std::move(self->second));
  threads_.erase(self);
  has_ended_.notify_all();
}

void ConnectionThreads::join_finished(std::vector<std::thread>& finished) const {
  for (std::thread& thread : finished) thread.join();
}

void ConnectionThreads::shut_down() {
  std::unique_lock guard(lock_);
  is_closing_ = true;
  has_task_.notify_all();
  has_ended_.wait(guard, [this] { return threads_.empty(); });
  std::vector<std::thread> finished = std::exchange(finished_, {});
  guard.unlock();
  join_finished(finished);
}

}  // namespace fude::server
