#include "core/steady_wait.h"

#include <gtest/gtest.h>

#include <thread>

namespace fude {
namespace {

TEST(SteadyWait, EndsWithWhatItWaitsForOrWithPatience) {
  std::mutex mutex;
  std::condition_variable changed;
  bool is_so = false;
  std::unique_lock lock(mutex);
  EXPECT_FALSE(steady_wait(changed, lock, std::chrono::milliseconds(1), [&] { return is_so; }));
  std::thread other([&] {
    const std::lock_guard guard(mutex);
    is_so = true;
    changed.notify_all();
  });
  EXPECT_TRUE(steady_wait(changed, lock, std::chrono::hours(1), [&] { return is_so; }));
  lock.unlock();
  other.join();
}

}  // namespace
}  // namespace fude
