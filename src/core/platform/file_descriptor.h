#pragma once

#include <string>

namespace fude::platform {

/// Owns an open POSIX file descriptor and closes it.
class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor();
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  /// False when the call that should have opened it failed (errno says why).
  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

/// The system's words for an errno value, such as "Permission denied". Unlike strerror, safe in threads.
std::string system_message(int error_number);

}  // namespace fude::platform
