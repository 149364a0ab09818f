#pragma once

namespace fude::ops {

/// From now on large tensors on the CPU take their memory from one region of the process that keeps what is freed for
/// the next ones (core/platform/memory_region.h): the maps of a network are as large as those of its last step. What
/// the region cannot give still comes from libtorch's allocator. Call once at the start, before networks run; again
/// does nothing. Does nothing in a build with AddressSanitizer, which must see each piece.
void reuse_tensor_memory();

}  // namespace fude::ops
