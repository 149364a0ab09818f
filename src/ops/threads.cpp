#include "ops/threads.h"

#include <ATen/Parallel.h>

#include "core/platform/loaded_function.h"
#include "ops/cpu/thread_pool.h"

namespace fude::ops {
namespace {

// ATen multiplies by whichever BLAS the system has; OpenBLAS has threads of its own, of which ATen knows nothing.
void keep_blas_in_one_thread() {
  static const auto set_threads =
      reinterpret_cast<void (*)(int)>(platform::loaded_function("openblas_set_num_threads"));
  if (set_threads != nullptr) set_threads(1);
}

}  // namespace

void use_threads(int count) {
  cpu::set_compute_threads(count);
  at::set_num_threads(1);
  keep_blas_in_one_thread();
}

}  // namespace fude::ops
