#include "server/connection_threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace fude::server {
namespace {

TEST(ConnectionThreads, RunsAsManyTasksAtOnceAsItMay) {
  ConnectionThreads threads(8);
  std::latch together(8);
  std::atomic<int> done = 0;
  for (int i = 0; i < 8; ++i) {
    threads.enqueue([&] {
      together.arrive_and_wait();
      ++done;
    });
  }
  threads.shut_down();
  EXPECT_EQ(done, 8);
}

TEST(ConnectionThreads, MoreTasksWaitAndAreRunInTurn) {
  ConnectionThreads threads(2);
  std::atomic<int> done = 0;
  std::latch may_end(1), started(2);
  for (int i = 0; i < 2; ++i) {
    threads.enqueue([&] {
      started.count_down();
      may_end.wait();
    });
  }
  started.wait();
  EXPECT_FALSE(threads.is_crowded());
  for (int i = 0; i < 100; ++i) threads.enqueue([&] { ++done; });
  EXPECT_TRUE(threads.is_crowded());
  EXPECT_EQ(done, 0);
  may_end.count_down();
  threads.shut_down();
  EXPECT_EQ(done, 100);
}

}  // namespace
}  // namespace fude::server
