#pragma once

#include <atomic>

namespace fude {

/// Lets one thread (or a signal handler) ask another to stop at its next safe point.
class Cancellation {
 public:
  void request() noexcept { is_requested_.store(true, std::memory_order_relaxed); }
  bool is_requested() const noexcept { return is_requested_.load(std::memory_order_relaxed); }

  /// Throws Error(kCancelled) when a stop was asked for.
  void check() const;

 private:
  std::atomic<bool> is_requested_ = false;
};

}  // namespace fude
