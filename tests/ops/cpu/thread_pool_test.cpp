#include "ops/cpu/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace fude::ops::cpu {
namespace {

TEST(ThreadPool, RunsEveryPieceOnce) {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    std::vector<std::atomic<int>> calls(1000);
    pool.run(1000, [&](std::int64_t i) { ++calls[static_cast<std::size_t>(i)]; });
    for (const auto& count : calls) EXPECT_EQ(count, 1);
  }
}

TEST(ThreadPool, KeepsManyShortJobsApart) {
  ThreadPool pool(4);
  for (int job = 0; job < 20000; ++job) {
    const std::int64_t pieces = 1 + job % 7;
    std::atomic<std::int64_t> sum{0};
    pool.run(pieces, [&](std::int64_t i) { sum += job + i; });
    ASSERT_EQ(sum, job * pieces + pieces * (pieces - 1) / 2);
  }
}

TEST(ThreadPool, DoesNothingForNoPieces) {
  ThreadPool pool(2);
  pool.run(0, [](std::int64_t) { FAIL(); });
}

TEST(ThreadPool, ThrowsWhatAPieceThrowsWhenAllAreDone) {
  ThreadPool pool(3);
  std::atomic<int> done{0};
  EXPECT_THROW(pool.run(50,
                        [&](std::int64_t i) {
                          ++done;
                          if (i == 7) throw std::runtime_error("seven");
                        }),
               std::runtime_error);
  EXPECT_EQ(done, 50);
  pool.run(1000, [&](std::int64_t) { ++done; });
  EXPECT_EQ(done, 1050);
}

TEST(ThreadPool, RunsAJobWithinAPieceAlone) {
  ThreadPool pool(2);
  std::atomic<int> done{0};
  pool.run(8, [&](std::int64_t) { pool.run(8, [&](std::int64_t) { ++done; }); });
  EXPECT_EQ(done, 64);
}

TEST(ThreadPool, ServesSeveralCallersAtOnce) {
  ThreadPool pool(3);
  std::atomic<int> done{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      for (int job = 0; job < 200; ++job) pool.run(5, [&](std::int64_t) { ++done; });
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(done, 4 * 200 * 5);
}

TEST(ParallelPieces, CoversTheRangeWithoutOverlap) {
  std::vector<int> seen(103, 0);
  parallel_pieces(103, 10, [&](std::int64_t begin, std::int64_t end) {
    EXPECT_LE(end - begin, 10);
    for (std::int64_t i = begin; i < end; ++i) ++seen[static_cast<std::size_t>(i)];
  });
  EXPECT_EQ(seen, std::vector<int>(103, 1));
}

}  // namespace
}  // namespace fude::ops::cpu
