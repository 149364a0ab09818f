#include "core/platform/loaded_function.h"

#include <dlfcn.h>

namespace fude::platform {

void* loaded_function(const char* name) { return dlsym(RTLD_DEFAULT, name); }

}  // namespace fude::platform
