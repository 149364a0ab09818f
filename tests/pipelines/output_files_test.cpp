#include "pipelines/output_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include "core/platform/paths.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::pipelines {
namespace {

using testing::HasSubstr;

const std::vector<std::byte> kPicture(16, std::byte{7});

TEST(OutputFiles, NumbersPicturesInAFolder) {
  const tests::TemporaryFolder folder;
  const OutputFiles files(std::nullopt, folder / "outputs/a", 2);
  EXPECT_EQ(files.save(kPicture, 42), folder / "outputs/a/00000-42.png");
  EXPECT_EQ(files.save(kPicture, -1), folder / "outputs/a/00001--1.png");
  EXPECT_EQ(std::filesystem::file_size(folder / "outputs/a/00000-42.png"), kPicture.size());
}

TEST(OutputFiles, GoOnAfterTheHighestNumber) {
  const tests::TemporaryFolder folder;
  for (const char* name :
       {"00007-1.png", "00012.txt", "3-x.png", "99999999999999999999-1.png", "a-100.png", "8x.png"}) {
    std::ofstream(folder / name) << "x";
  }
  EXPECT_EQ(next_file_number(folder.path()), 13);
  EXPECT_EQ(OutputFiles(folder.path(), "unused", 1).save(kPicture, 5), folder / "00013-5.png");
}

TEST(OutputFiles, ANameWithTheEndingIsOneFile) {
  const tests::TemporaryFolder folder;
  const OutputFiles files(folder / "a.PNG", "unused", 1);
  EXPECT_EQ(files.save(kPicture, 42), folder / "a.PNG");
  EXPECT_EQ(files.save(kPicture, 43), folder / "a.PNG");  // the newer replaces the older
}

TEST(OutputFiles, OtherNamesAreFolders) {
  const tests::TemporaryFolder folder;
  EXPECT_EQ(OutputFiles(folder / "new", "unused", 1).save(kPicture, 1), folder / "new/00000-1.png");
  EXPECT_EQ(OutputFiles(folder / "v1.5/", "unused", 1).save(kPicture, 1), folder / "v1.5/00000-1.png");
  EXPECT_EQ(OutputFiles(folder / "v1.5", "unused", 1).save(kPicture, 2), folder / "v1.5/00001-2.png");
}

TEST(OutputFiles, RefuseWhatCannotHoldThePictures) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "file") << "x";
  const auto refusal = [&](ErrorCode code, const char* out, int count) {
    return tests::refusal(code, [&] { OutputFiles(folder / out, "unused", count); });
  };
  EXPECT_THAT(refusal(ErrorCode::kInvalidArgument, "a.png", 2), HasSubstr("expected a folder for 2 pictures"));
  EXPECT_THAT(refusal(ErrorCode::kInvalidArgument, "a.jpg", 1), HasSubstr("ends in '.jpg', expected '.png'"));
  EXPECT_THAT(refusal(ErrorCode::kInvalidArgument, "a.gif", 1), HasSubstr("expected .png, .jpg, .webp or a folder"));
  EXPECT_THAT(refusal(ErrorCode::kInvalidArgument, "file", 1), HasSubstr("expected '.png' or a folder"));
  EXPECT_THAT(refusal(ErrorCode::kInvalidArgument, "file/a/", 1), HasSubstr("cannot be written to"));
  EXPECT_THAT(refusal(ErrorCode::kNotFound, "no/a.png", 1), HasSubstr("does not exist"));
}

TEST(OutputFiles, NeverWriteOverEachOther) {
  const tests::TemporaryFolder folder;
  constexpr int kEach = 25;
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&] {
      const OutputFiles files(folder.path(), "unused", kEach);
      for (int n = 0; n < kEach; ++n) files.save(kPicture, 1);  // one seed, so that names do collide
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 4 * kEach);
}

TEST(SaveNumbered, TellsTheNameBeforeTheFileHasIt) {
  const tests::TemporaryFolder folder;
  std::filesystem::path told;
  const std::filesystem::path file =
      save_numbered(folder / "new", kPicture, 7, ".png", [&](const std::filesystem::path& path) {
        told = path;
        EXPECT_FALSE(std::filesystem::exists(path));
      });
  EXPECT_EQ(file, folder / "new/00000-7.png");
  EXPECT_EQ(told, file);
}

TEST(SaveNumbered, TellsEveryNameThatItTries) {
  const tests::TemporaryFolder folder;
  std::vector<std::filesystem::path> told;
  const std::filesystem::path file =
      save_numbered(folder.path(), kPicture, 7, ".png", [&](const std::filesystem::path& path) {
        if (told.empty()) std::ofstream(path) << "another program was faster";
        told.push_back(path);
      });
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(file, folder / "00001-7.png");
  EXPECT_EQ(told.back(), file);
}

TEST(DatedOutputFolder, IsTheWebUisTree) {
  EXPECT_EQ(dated_output_folder("/data", "txt2img-images"), "/data/outputs/txt2img-images/" + platform::local_date());
}

TEST(SaveNew, NamesByPatternsAndKeepsNumbersApart) {
  const tests::TemporaryFolder folder;
  const auto save = [&](const NewName& name) {
    return save_new(folder / "a", name, kPicture).lexically_relative(folder / "a").generic_string();
  };
  EXPECT_EQ(save({.stem = "桜", .ending = ".webp"}), "00000-桜.webp");
  EXPECT_EQ(save({}), "00001.png");
  EXPECT_EQ(save({.stem = "sub/x"}), "sub/00000-x.png");
  EXPECT_EQ(save({.base = "grid"}), "grid-0000.png");
  EXPECT_EQ(save({.stem = "7", .base = "grid"}), "grid-0001-7.png");
  EXPECT_EQ(save({.stem = "7", .base = "xyz_grid"}), "xyz_grid-0000-7.png");
  EXPECT_EQ(save({}), "00002.png");
}

TEST(SaveNew, NeverReplacesAPictureWithoutNumbers) {
  const tests::TemporaryFolder folder;
  const NewName name{.stem = "x", .is_numbered = false};
  EXPECT_EQ(save_new(folder.path(), name, kPicture).filename(), "x.png");
  EXPECT_EQ(save_new(folder.path(), name, kPicture).filename(), "x-1.png");
  EXPECT_EQ(save_new(folder.path(), {.is_numbered = false}, kPicture).filename(), "picture.png");
}

}  // namespace
}  // namespace fude::pipelines
