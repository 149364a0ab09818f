#include "apps/fude/secret.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "core/error.h"
#include "tests/support/temporary_folder.h"

namespace fude::apps {
namespace {

constexpr const char* kVariable = "FUDE_TEST_SECRET";

TEST(Secret, TheCommandLineGoesBeforeAFileAndAFileBeforeTheEnvironment) {
  const tests::TemporaryFolder folder;
  const std::string file = (folder / "password").string();
  std::ofstream(file) << "from the file\r\nsecond line\n";
  ::setenv(kVariable, "from the environment", 1);
  EXPECT_EQ(secret({.text = "given", .file = file, .variable = kVariable}), "given");
  EXPECT_EQ(secret({.text = "", .file = file, .variable = kVariable}), "from the file");
  EXPECT_EQ(secret({.text = "", .file = "", .variable = kVariable}), "from the environment");
  ::unsetenv(kVariable);
  EXPECT_EQ(secret({.text = "", .file = "", .variable = kVariable}), "");
}

TEST(Secret, AFileWithoutAPasswordIsRefused) {
  const tests::TemporaryFolder folder;
  const std::string file = (folder / "password").string();
  EXPECT_THROW(secret({.text = "", .file = file, .variable = kVariable}), Error);
  std::ofstream(file) << "\nsecond line\n";
  EXPECT_THROW(secret({.text = "", .file = file, .variable = kVariable}), Error);
}

}  // namespace
}  // namespace fude::apps
