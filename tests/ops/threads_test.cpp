#include "ops/threads.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "ops/cpu/thread_pool.h"

namespace fude::ops {
namespace {

TEST(UseThreads, GivesThemToTheKernelsAndOneToATen) {
  const int before = cpu::compute_pool().threads(), aten_before = at::get_num_threads();
  use_threads(3);
  EXPECT_EQ(cpu::compute_pool().threads(), 3);
  EXPECT_EQ(at::get_num_threads(), 1);
  use_threads(1);
  EXPECT_EQ(cpu::compute_pool().threads(), 1);
  use_threads(before);
  at::set_num_threads(aten_before);
}

}  // namespace
}  // namespace fude::ops
