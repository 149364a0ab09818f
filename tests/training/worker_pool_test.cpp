#include "training/worker_pool.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace fude::training {
namespace {

TEST(WorkerPool, RunsEveryTaskOnceAndThrowsAgainWhatATaskThrew) {
  WorkerPool pool(3);
  std::vector<int> runs(50);
  pool.run(50, [&](int i) { ++runs[static_cast<std::size_t>(i)]; });
  EXPECT_EQ(runs, std::vector<int>(50, 1));
  EXPECT_THROW(pool.run(5,
                        [](int i) {
                          if (i == 2) throw std::runtime_error("two");
                        }),
               std::runtime_error);
  pool.run(2, [&](int i) { ++runs[static_cast<std::size_t>(i)]; });
  EXPECT_EQ(runs[0], 2);
}

}  // namespace
}  // namespace fude::training
