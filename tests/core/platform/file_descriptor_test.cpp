#include "core/platform/file_descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace fude::platform {
namespace {

bool is_valid(int number) { return ::fcntl(number, F_GETFD) != -1; }

TEST(FileDescriptor, ClosesWhatItOwns) {
  int number = -1;
  {
    const FileDescriptor file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    ASSERT_TRUE(file.is_open());
    number = file.number();
    EXPECT_TRUE(is_valid(number));
  }
  EXPECT_FALSE(is_valid(number));
}

TEST(FileDescriptor, KnowsThatNothingWasOpened) {
  const FileDescriptor file(::open("/dev/null/nothing", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(errno, ENOTDIR);
  EXPECT_FALSE(file.is_open());
}

TEST(SystemMessage, SaysWhatAnErrorNumberMeans) {
  EXPECT_EQ(system_message(EACCES), "Permission denied");
  EXPECT_NE(system_message(ENOENT), system_message(EACCES));
}

}  // namespace
}  // namespace fude::platform
