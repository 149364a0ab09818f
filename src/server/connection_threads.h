#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

namespace fude::server {

/// Threads for connections: as many as there are connections at the moment, up to a limit. A fixed few would all sit
/// with open event streams and slow clients, and nobody else would be served.
class ConnectionThreads {
 public:
  explicit ConnectionThreads(std::size_t most) : most_(most) {}
  ~ConnectionThreads() { shut_down(); }
  ConnectionThreads(const ConnectionThreads&) = delete;
  ConnectionThreads& operator=(const ConnectionThreads&) = delete;

  /// Runs `task` soon, on a thread of its own while there are fewer than the limit, else in turn.
  void enqueue(std::function<void()> task);

  /// Tasks wait for a thread: whoever holds one without need should end.
  bool is_crowded() const;

  /// Waits until all tasks have run. No enqueue() may come after it.
  void shut_down();

 private:
  void add_thread();
  void work();
  void join_finished(std::vector<std::thread>& finished) const;

  std::size_t most_;
  mutable std::mutex lock_;
  std::condition_variable has_task_, has_ended_;
  std::deque<std::function<void()>> tasks_;
  std::unordered_map<std::thread::id, std::thread> threads_;
  std::vector<std::thread> finished_;  // ended, not yet joined
  std::size_t idle_ = 0;
  bool is_closing_ = false;
};

}  // namespace fude::server
