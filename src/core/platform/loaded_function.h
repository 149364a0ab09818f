#pragma once

namespace fude::platform {

/// The address of a C function by its name, in this program or a library that was loaded with it; null where there is
/// none. For what only some builds of a library have, so that it cannot be linked by name.
void* loaded_function(const char* name);

}  // namespace fude::platform
