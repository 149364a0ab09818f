#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace fude {

/// Waits until `is_so`, `patience` at most, however the system's clock is set meanwhile. What `is_so` said last.
template <typename Predicate>
bool steady_wait(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
                 std::chrono::milliseconds patience, Predicate is_so) {
#ifdef __SANITIZE_THREAD__
  // ThreadSanitizer does not know the wait by the steady clock, and would see the mutex locked all the time.
  return changed.wait_until(lock, std::chrono::system_clock::now() + patience, is_so);
#else
  return changed.wait_for(lock, patience, is_so);
#endif
}

}  // namespace fude
