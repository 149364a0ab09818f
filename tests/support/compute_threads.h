#pragma once

#include "ops/cpu/thread_pool.h"

namespace fude::tests {

/// While it lives, inference runs in so many threads.
class ComputeThreads {
 public:
  explicit ComputeThreads(int count) : before_(ops::cpu::compute_pool().threads()) {
    ops::cpu::set_compute_threads(count);
  }
  ~ComputeThreads() { ops::cpu::set_compute_threads(before_); }
  ComputeThreads(const ComputeThreads&) = delete;
  ComputeThreads& operator=(const ComputeThreads&) = delete;

 private:
  int before_;
};

}  // namespace fude::tests
