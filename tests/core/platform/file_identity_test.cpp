#include "core/platform/file_identity.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace fude::platform {
namespace {

TEST(FileIdentity, GoesWithTheFileAndNotWithItsName) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "a") << "x";
  std::ofstream(folder / "b") << "x";
  const auto a = file_identity(folder / "a");
  ASSERT_TRUE(a);
  EXPECT_NE(a, file_identity(folder / "b"));
  std::ofstream(folder / "a") << "other bytes in the same file";
  EXPECT_EQ(a, file_identity(folder / "a"));
  std::filesystem::rename(folder / "a", folder / "b");
  EXPECT_EQ(a, file_identity(folder / "b"));
  EXPECT_FALSE(file_identity(folder / "a"));
}

}  // namespace
}  // namespace fude::platform
