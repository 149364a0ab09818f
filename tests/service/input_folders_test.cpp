#include "service/input_folders.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::service {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

class InputFoldersTest : public testing::Test {
 protected:
  void touch(const std::string& name) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << "x";
  }
  std::vector<std::pair<std::string, std::int64_t>> listed() const {
    std::vector<std::pair<std::string, std::int64_t>> rows;
    for (const auto& row : folders_.list()) rows.emplace_back(row.name, row.pictures);
    return rows;
  }

  tests::TemporaryFolder folder_;
  InputFolders folders_{folder_ / "data"};
};

TEST_F(InputFoldersTest, AreThoseWithPicturesBelowInputsAndOutputs) {
  for (const char* name : {"inputs/frames/a.png", "inputs/frames/b.jpg", "inputs/frames/deep/c.webp", "inputs/d.png",
                           "outputs/txt2img-images/e.png", "outputs/.bin/f.png", "inputs/.git/g.png",
                           "inputs/words/h.txt", "models/i.png"}) {
    touch(std::string("data/") + name);
  }
  EXPECT_THAT(listed(), ElementsAre(Pair("inputs", 1), Pair("inputs/frames", 2), Pair("inputs/frames/deep", 1),
                                    Pair("outputs/txt2img-images", 1)));
  EXPECT_THAT(folders_.pictures_of("inputs/frames"), ElementsAre("a.png", "b.jpg"));
}

TEST_F(InputFoldersTest, MayBeLinksOfTheUserAmongInputsOnly) {
  touch("elsewhere/a.png");
  fs::create_directories(folder_ / "data/outputs");
  fs::create_directory_symlink(folder_ / "elsewhere", folder_ / "data/inputs/link");
  fs::create_directory_symlink(folder_ / "elsewhere", folder_ / "data/outputs/link");
  EXPECT_THAT(listed(), ElementsAre(Pair("inputs/link", 1)));
  EXPECT_THAT(folders_.pictures_of("inputs/link"), ElementsAre("a.png"));
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [&] { folders_.path_of("outputs/link"); }),
              HasSubstr("expected one below inputs or outputs"));
}

TEST_F(InputFoldersTest, LieNowhereElse) {
  touch("secret/a.png");
  for (const char* name : {"", "/", "/etc", "..", "inputs/..", "inputs/../../secret", "inputs//x", "inputs/./x",
                           "inputs/.git", "inputs\\..", "secret", "models", "inputsx", "inputs/\n"}) {
    tests::refusal(ErrorCode::kInvalidArgument, [&] { folders_.path_of(name); });
  }
}

TEST_F(InputFoldersTest, AreRefusedByTheirNamesWithoutPictures) {
  fs::create_directories(folder_ / "data/inputs/empty");
  const std::string none = tests::refusal(ErrorCode::kNotFound, [&] { folders_.pictures_of("inputs/none"); });
  EXPECT_THAT(none, HasSubstr("'inputs/none' is no folder"));
  EXPECT_THAT(none, Not(HasSubstr(folder_.path().string())));
  EXPECT_THAT(tests::refusal(ErrorCode::kNotFound, [&] { folders_.pictures_of("inputs/empty"); }),
              HasSubstr("'inputs/empty' has no pictures"));
}

}  // namespace
}  // namespace fude::service
