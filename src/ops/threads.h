#pragma once

namespace fude::ops {

/// Gives inference `count` >= 1 threads, for the whole process; not while a network runs. They are those of our own
/// kernels (cpu/thread_pool.h): what is left to ATen, OpenMP and BLAS runs in the calling thread, since threads of
/// theirs that wait for work would take the processors from ours. Training shares its work out by itself.
void use_threads(int count);

}  // namespace fude::ops
