#pragma once

namespace fude::platform {

/// Asks the C library to keep freed memory for the next allocation instead of giving it back to the system. A loop that
/// frees and allocates the same large blocks at every turn then spends no time in page faults. For the rest of the
/// process; where the C library has no such wish, nothing happens.
void keep_freed_memory();

}  // namespace fude::platform
