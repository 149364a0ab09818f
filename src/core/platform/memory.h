#pragma once

#include <cstdint>
#include <optional>

namespace fude::platform {

/// Lets the allocator keep freed memory for the next allocation instead of returning it to the system at once. Networks
/// free and allocate the same large buffers many times a second, and each return costs a page fault a page later.
/// Call once, first thing in main(). Does nothing where the allocator has no such switch.
void keep_freed_memory();

/// Gives what the allocator keeps back to the system; takes a few milliseconds a gigabyte. For a program that waits.
void release_freed_memory();

/// How many bytes this process can ask for without the system having to swap: what is free, or could be freed at once,
/// and what a limit on its group (a container) leaves. Absent where the system does not tell.
std::optional<std::uint64_t> available_memory();

/// The machine's memory, bytes; a limit on this process's group (a container) where that is less. Absent where the
/// system does not tell.
std::optional<std::uint64_t> total_memory();

/// The memory that this process holds now, bytes; 0 where the system does not tell.
std::uint64_t resident_memory();

/// The most memory that this process has held so far, bytes; files that it only maps count as far as they were read.
std::uint64_t peak_memory();

}  // namespace fude::platform
