#include "core/folder_walk.h"

#include <gmock/gmock.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace fude {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> visited(const fs::path& folder, const std::string& closed = {}) {
  std::vector<std::string> paths;
  walk_folder(folder, [&](const fs::path& path) {
    paths.push_back(path.lexically_relative(folder).generic_string());
    return path.filename() != closed;
  });
  return paths;
}

TEST(WalkFolder, VisitsEverythingInOrder) {
  const tests::TemporaryFolder folder;
  fs::create_directories(folder / "b/deep");
  std::ofstream(folder / "b/deep/x.pt") << "x";
  std::ofstream(folder / "a.pt") << "a";
  EXPECT_THAT(visited(folder.path()), ElementsAre("a.pt", "b", "b/deep", "b/deep/x.pt"));
  EXPECT_THAT(visited(folder.path(), "deep"), ElementsAre("a.pt", "b", "b/deep"));
  EXPECT_THAT(visited(folder / "nowhere"), IsEmpty());
}

TEST(WalkFolder, FollowsLinksToFilesAndFolders) {
  const tests::TemporaryFolder folder, elsewhere;
  std::ofstream(elsewhere / "x.pt") << "x";
  fs::create_directory_symlink(elsewhere.path(), folder / "disk");
  fs::create_symlink(elsewhere / "x.pt", folder / "file.pt");
  fs::create_symlink(elsewhere / "gone", folder / "gone");
  EXPECT_THAT(visited(folder.path()), ElementsAre("disk", "disk/x.pt", "file.pt", "gone"));
}

TEST(WalkFolder, ALinkThatLeadsUpIsNoWayInAgain) {
  const tests::TemporaryFolder folder;
  fs::create_directories(folder / "a/b");
  fs::create_directory_symlink(folder.path(), folder / "a/b/up");
  fs::create_directory_symlink(folder / "a", folder / "a/self");
  EXPECT_THAT(visited(folder.path()), ElementsAre("a", "a/b", "a/b/up", "a/self"));
}

TEST(WalkFolder, EndsAtADepthThatNobodyUses) {
  const tests::TemporaryFolder folder;
  fs::path deep = folder.path();
  for (int i = 0; i < 40; ++i) deep /= "d";
  fs::create_directories(deep);
  EXPECT_EQ(visited(folder.path()).size(), 16u);
}

}  // namespace
}  // namespace fude
