#include "core/platform/file_descriptor.h"

#include <unistd.h>

#include <system_error>

namespace fude::platform {

FileDescriptor::~FileDescriptor() {
  if (is_open()) ::close(number_);
}

std::string system_message(int error_number) { return std::generic_category().message(error_number); }

}  // namespace fude::platform
