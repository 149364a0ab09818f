#include "core/platform/paths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace fude::platform {
namespace {

// Sets a variable of the environment, and puts the old value back at the end.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    const char* old = std::getenv(name);
    if (old != nullptr) old_ = old;
    had_ = old != nullptr;
    ::setenv(name, value, 1);
  }
  ~Variable() { had_ ? ::setenv(name_, old_.c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::string old_;
  bool had_ = false;
};

TEST(DefaultDataDir, FollowsTheDesktopStandard) {
  const Variable home("HOME", "/home/hana");
  {
    const Variable data("XDG_DATA_HOME", "/data");
    EXPECT_EQ(default_data_dir(), "/data/fude");
  }
  for (const char* unusable : {"", "relative/folder"}) {
    const Variable data("XDG_DATA_HOME", unusable);
    EXPECT_EQ(default_data_dir(), "/home/hana/.local/share/fude");
  }
}

TEST(LocalDate, IsADate) {
  const std::string date = local_date();
  ASSERT_EQ(date.size(), 10U);
  EXPECT_EQ(date[4], '-');
  EXPECT_EQ(date[7], '-');
  EXPECT_THAT(date.substr(0, 2), "20");
}

}  // namespace
}  // namespace fude::platform
