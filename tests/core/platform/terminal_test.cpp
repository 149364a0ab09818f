#include "core/platform/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "core/platform/file_descriptor.h"

namespace fude {
namespace {

using platform::FileDescriptor;

/// While it lives, standard error is another file.
class StandardErrorAs {
 public:
  explicit StandardErrorAs(int number) : kept_(::dup(STDERR_FILENO)) { ::dup2(number, STDERR_FILENO); }
  ~StandardErrorAs() { ::dup2(kept_.number(), STDERR_FILENO); }
  StandardErrorAs(const StandardErrorAs&) = delete;
  StandardErrorAs& operator=(const StandardErrorAs&) = delete;

 private:
  FileDescriptor kept_;
};

TEST(Terminal, IsNoneWhenStandardErrorIsAFile) {
  const FileDescriptor file(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  const StandardErrorAs redirected(file.number());
  EXPECT_FALSE(stderr_is_terminal());
  EXPECT_EQ(terminal_width(), 80);
}

class PseudoTerminal : public testing::Test {
 protected:
  void SetUp() override {
    if (!master_.is_open() || ::grantpt(master_.number()) != 0 || ::unlockpt(master_.number()) != 0)
      GTEST_SKIP() << "this system gives no pseudo-terminals";
  }

  int open_screen() const { return ::open(::ptsname(master_.number()), O_RDWR | O_NOCTTY | O_CLOEXEC); }

  FileDescriptor master_{::posix_openpt(O_RDWR | O_NOCTTY)};
};

TEST_F(PseudoTerminal, IsRecognisedWithItsWidth) {
  const FileDescriptor screen(open_screen());
  ASSERT_TRUE(screen.is_open());
  const winsize size{.ws_row = 24, .ws_col = 133, .ws_xpixel = 0, .ws_ypixel = 0};
  ASSERT_EQ(::ioctl(screen.number(), TIOCSWINSZ, &size), 0);
  const StandardErrorAs redirected(screen.number());
  EXPECT_TRUE(stderr_is_terminal());
  EXPECT_EQ(terminal_width(), 133);
}

TEST_F(PseudoTerminal, HasEightyColumnsWhenItDoesNotTell) {
  const FileDescriptor screen(open_screen());
  ASSERT_TRUE(screen.is_open());
  const winsize unknown{};
  ASSERT_EQ(::ioctl(screen.number(), TIOCSWINSZ, &unknown), 0);
  const StandardErrorAs redirected(screen.number());
  EXPECT_TRUE(stderr_is_terminal());
  EXPECT_EQ(terminal_width(), 80);
}

}  // namespace
}  // namespace fude
