#pragma once

namespace fude::platform {

/// Lets the allocator keep freed memory for the next allocation instead of returning it to the system at once. Networks
/// free and allocate the same large buffers many times a second, and each return costs a page fault a page later.
/// Call once, first thing in main(). Does nothing where the allocator has no such switch.
void keep_freed_memory();

}  // namespace fude::platform
