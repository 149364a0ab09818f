#include "server/confined_file.h"

#include <gtest/gtest.h>

#include "tests/server/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::server {
namespace {

namespace fs = std::filesystem;

TEST(ConfinedFile, LiesBelowItsFolder) {
  const tests::TemporaryFolder folder;
  const fs::path home = fs::canonical(folder.path());
  EXPECT_EQ(confined_file(folder.path(), "people/hair", ".txt"), home / "people/hair.txt");
  EXPECT_EQ(confined_file(folder.path(), "空 1.5", ".txt"), home / u8"空 1.5.txt");
}

TEST(ConfinedFile, NamesThatLeadElsewhereAreRefused) {
  const tests::TemporaryFolder folder;
  for (const char* name : {"", "..", "../a", "a/../../b", "/etc/passwd", "a//b", "a/", ".hidden", "a/.hidden", "a\\b",
                           "C:a", "a\nb", "a*", "trailing ", "trailing."}) {
    EXPECT_EQ(refusal([&] { confined_file(folder.path(), name, ".txt"); }).first, 400) << name;
  }
  EXPECT_EQ(refusal([&] { confined_file(folder.path(), std::string(201, 'a'), ".txt"); }).first, 400);
}

TEST(ConfinedFile, LinksOutOfTheFolderAreRefused) {
  const tests::TemporaryFolder folder, elsewhere;
  fs::create_directory_symlink(elsewhere.path(), folder.path() / "link");
  EXPECT_EQ(refusal([&] { confined_file(folder.path(), "link/a", ".txt"); }).first, 400);
  EXPECT_FALSE(is_confined(folder.path(), folder.path() / "link/a.txt"));
  EXPECT_TRUE(is_confined(folder.path(), folder.path() / "b.txt"));
}

TEST(FileBelow, FollowsLinksButTakesNoNameThatLeadsElsewhere) {
  const tests::TemporaryFolder folder, elsewhere;
  fs::create_directory_symlink(elsewhere.path(), folder.path() / "link");
  EXPECT_EQ(file_below(folder.path(), "link/a", ".txt"), folder.path() / "link/a.txt");
  EXPECT_EQ(refusal([&] { file_below(folder.path(), "link/../../a", ".txt"); }).first, 400);
}

}  // namespace
}  // namespace fude::server
