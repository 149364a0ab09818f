#include "core/platform/rename.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>

#include "tests/support/temporary_folder.h"

namespace fude::platform {
namespace {

TEST(RenameIfFree, MovesAFile) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "a") << "text";
  EXPECT_TRUE(rename_if_free(folder / "a", folder / "b"));
  EXPECT_FALSE(std::filesystem::exists(folder / "a"));
  EXPECT_EQ(std::filesystem::file_size(folder / "b"), 4u);
}

TEST(RenameIfFree, OverwritesNothing) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "a") << "text";
  std::ofstream(folder / "b") << "other text";
  EXPECT_FALSE(rename_if_free(folder / "a", folder / "b"));
  EXPECT_EQ(errno, EEXIST);
  EXPECT_EQ(std::filesystem::file_size(folder / "a"), 4u);
  EXPECT_EQ(std::filesystem::file_size(folder / "b"), 10u);
}

TEST(RenameIfFree, TellsWhenThereIsNothingToMove) {
  const tests::TemporaryFolder folder;
  EXPECT_FALSE(rename_if_free(folder / "a", folder / "b"));
  EXPECT_EQ(errno, ENOENT);
}

}  // namespace
}  // namespace fude::platform
