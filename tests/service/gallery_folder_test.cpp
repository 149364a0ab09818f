#include "service/gallery_folder.h"

#include <gtest/gtest.h>

#include "tests/service/gallery_fixture.h"
#include "tests/support/refusal.h"

namespace fude::service {
namespace {

TEST(GalleryFolder, NamesTheBin) {
  EXPECT_EQ(name_in_bin("a/b.png"), ".bin/a/b.png");
  EXPECT_EQ(name_out_of_bin(".bin/a/b.png"), "a/b.png");
  EXPECT_TRUE(is_in_bin(".bin/a.png"));
  EXPECT_FALSE(is_in_bin(".binary/a.png"));
  EXPECT_FALSE(is_in_bin("a/.bin/b.png"));
}

TEST(GalleryFolder, NumbersNames) {
  EXPECT_EQ(numbered_name("a/b.png", 1), "a/b.png");
  EXPECT_EQ(numbered_name("a/b.png", 2), "a/b (2).png");
  EXPECT_EQ(numbered_name("b", 3), "b (3)");
}

TEST(GalleryFolder, NamesWhatLiesInIt) {
  const tests::TemporaryFolder folder;
  const std::filesystem::path real = std::filesystem::canonical(folder.path());
  write_file(real / "pictures/day/a.png", picture_bytes(""));
  EXPECT_EQ(name_within(real / "pictures", real / "pictures/../pictures/day/a.png"), "day/a.png");
  std::filesystem::create_directory_symlink(real / "pictures", real / "link");
  EXPECT_EQ(name_within(real / "pictures", real / "link/day/a.png"), "day/a.png");
  tests::refusal(ErrorCode::kInvalidArgument, [&] { name_within(real / "pictures", real / "pictures"); });
  tests::refusal(ErrorCode::kInvalidArgument, [&] { name_within(real / "pictures/day", real / "pictures"); });
  write_file(real / "pictures2/a.png", picture_bytes(""));
  tests::refusal(ErrorCode::kInvalidArgument, [&] { name_within(real / "pictures", real / "pictures2/a.png"); });
}

}  // namespace
}  // namespace fude::service
