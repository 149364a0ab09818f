#include "core/platform/browser.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/temporary_folder.h"

namespace fude::platform {
namespace {

/// A desktop with an xdg-open of our own.
class BrowserTest : public testing::Test {
 protected:
  void set_up(const std::string& script) {
    ::unsetenv("WSL_DISTRO_NAME");
    ::setenv("DISPLAY", ":0", 1);
    const auto program = folder_ / "xdg-open";
    std::ofstream(program) << "#!/bin/sh\n" << script << '\n';
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    ::setenv("PATH", (folder_.path().string() + ":/usr/bin:/bin").c_str(), 1);
  }

  tests::TemporaryFolder folder_;
};

TEST_F(BrowserTest, HandsTheAddressToTheDesktop) {
  set_up("echo \"$1\" > '" + (folder_ / "opened").string() + "'");
  EXPECT_TRUE(open_in_browser("http://127.0.0.1:7860/"));
  std::ifstream file(folder_ / "opened");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "http://127.0.0.1:7860/\n");
}

TEST_F(BrowserTest, SaysWhenNothingWasOpened) {
  set_up("exit 3");
  EXPECT_FALSE(open_in_browser("http://127.0.0.1:7860/"));
  ::unsetenv("DISPLAY");
  ::unsetenv("WAYLAND_DISPLAY");
  EXPECT_FALSE(open_in_browser("http://127.0.0.1:7860/"));
}

}  // namespace
}  // namespace fude::platform
