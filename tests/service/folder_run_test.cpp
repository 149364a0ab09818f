#include "service/folder_run.h"

#include <gmock/gmock.h>

#include <fstream>
#include <map>

#include "core/base64.h"
#include "io/images/png_file.h"
#include "service/gallery.h"
#include "tests/service/studio_fixture.h"
#include "tests/support/refusal.h"

namespace fude::service {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class FolderRunTest : public StudioTest {
 protected:
  void write(const std::string& name, int width, int slope, const std::string& infotext = "") {
    io::Image image{.width = width, .height = 64, .channels = 3, .pixels = {}};
    for (int i = 0; i < width * 64; ++i) {
      image.pixels.insert(image.pixels.end(), 3, static_cast<std::uint8_t>(i % width * slope));
    }
    std::vector<io::PngText> texts;
    if (!infotext.empty()) texts.push_back({.keyword = "parameters", .text = infotext});
    std::filesystem::create_directories((folder_ / name).parent_path());
    io::write_png(folder_ / name, image, texts);
  }

  static NewJob over(const std::string& more = "", const std::string& knobs = "") {
    return {.kind = "folder",
            .request = R"({"folder": "inputs/in")" + more +
                       R"(, "request": {"prompt": "a cat", "seed": 5, "subseed": 6, "steps": 2)" + knobs + "}}",
            .origin = "studio"};
  }

  std::vector<std::string> files_of(const Job& job) const {
    std::vector<std::string> files;
    for (const PictureId id : job.pictures) files.push_back(studio_->gallery().find(id)->file);
    return files;
  }
  // What a job with pictures of the folder has made, by the picture started from; seeds and all must be the same.
  std::map<int, std::vector<std::byte>> bytes_of(JobId job) const {
    std::map<int, std::vector<std::byte>> bytes;
    for (const MadePicture& picture : studio_->results(job)) bytes[picture.index] = picture.bytes;
    return bytes;
  }
};

TEST_F(FolderRunTest, MakesEveryPictureOfAFolderWithOneSeed) {
  write("inputs/in/a.png", 64, 3);
  write("inputs/in/b.png", 128, 1);
  const Job done = finished(over(R"(, "output": "redrawn")"));
  EXPECT_EQ(done.state, JobState::kDone) << done.error;
  EXPECT_EQ(done.pictures_wanted, 2);
  EXPECT_THAT(files_of(done), ElementsAre("redrawn/a.png", "redrawn/b.png"));
  const auto pictures = studio_->results(done.id);
  EXPECT_EQ(pictures.at(0).seed, 5);
  EXPECT_EQ(pictures.at(1).seed, 5);
  EXPECT_THAT(pictures.at(0).infotext, HasSubstr("Size: 64x64"));
  EXPECT_THAT(pictures.at(1).infotext, HasSubstr("Size: 128x64")) << "each has its own size";
  EXPECT_THAT(pictures.at(1).infotext, HasSubstr("Denoising strength"));
  EXPECT_THAT(done.warnings, IsEmpty());
}

TEST_F(FolderRunTest, SavesAsSettingsSayWithoutAnOutputFolder) {
  write("inputs/in/a.png", 64, 3);
  const Job done = finished(over("", R"(, "n_iter": 2)"));
  EXPECT_EQ(done.pictures_wanted, 2);
  EXPECT_THAT(files_of(done), ElementsAre(HasSubstr("img2img-images/"), HasSubstr("img2img-images/")));
}

TEST_F(FolderRunTest, MayHaveAFormatOfItsOwn) {
  write("inputs/in/a.png", 64, 3);
  const std::string webp = R"(, "override_settings": {"samples_format": "webp"})";
  const Job done = finished(over(R"(, "output": "redrawn")", webp));
  EXPECT_THAT(files_of(done), ElementsAre("redrawn/a.webp"));
  EXPECT_THAT(files_of(studio_->wait(studio_->repeat(done.id, true).id, {})), ElementsAre("redrawn/a-1.webp"));
  tests::refusal(ErrorCode::kInvalidArgument,
                 [&] { studio_->submit(over("", R"(, "override_settings": {"samples_format": "tiff"})")); });
}

TEST_F(FolderRunTest, WritesOverNothing) {
  write("inputs/in/a.png", 64, 3);
  const NewJob wanted = over(R"(, "output": "redrawn")", R"(, "batch_size": 2)");
  EXPECT_THAT(files_of(finished(wanted)), ElementsAre("redrawn/a.png", "redrawn/a-2.png"));
  EXPECT_THAT(files_of(finished(wanted)), ElementsAre("redrawn/a-1.png", "redrawn/a-2-1.png"));
}

TEST_F(FolderRunTest, TakesMasksAndWordsFromTheirFolders) {
  write("inputs/in/a.png", 64, 3, "a dog\nSteps: 9, Sampler: Euler, Seed: 77");
  write("inputs/in/b.png", 64, 3, "a bird\nSteps: 9, Sampler: Euler, Seed: 78");
  write("inputs/masks/a.png", 64, 4);
  write("inputs/masks/x.png", 64, 4);
  const Job done = finished(over(R"(, "masks": "inputs/masks", "reuse": ["prompt", "seed"])"));
  EXPECT_EQ(done.state, JobState::kDone) << done.error;
  const auto pictures = studio_->results(done.id);
  ASSERT_THAT(pictures, SizeIs(1));
  EXPECT_EQ(pictures[0].seed, 77);
  EXPECT_THAT(pictures[0].infotext, HasSubstr("a cat a dog\n"));
  EXPECT_THAT(pictures[0].infotext, HasSubstr("Mask blur"));
  EXPECT_THAT(done.warnings, ElementsAre("'b.png' has no mask and is passed over"));
}

TEST_F(FolderRunTest, TellsOfPicturesThatCannotBeUsedAndMakesTheOthers) {
  write("inputs/in/b.png", 64, 3);
  write("inputs/in/c.png", 4, 3);
  std::ofstream(folder_ / "inputs/in/a.png") << "no picture";
  const Job done = finished(over(R"(, "output": "redrawn")"));
  EXPECT_EQ(done.state, JobState::kDone) << done.error;
  EXPECT_THAT(files_of(done), ElementsAre("redrawn/b.png"));
  EXPECT_THAT(done.warnings, ElementsAre(HasSubstr("'a.png'"), HasSubstr("'c.png': init_images[0] is 4x64")));
  EXPECT_EQ(done.pictures_done, 1);
  EXPECT_EQ(done.pictures_wanted, 3);
}

TEST_F(FolderRunTest, FailsWhenNoneCanBeUsed) {
  std::filesystem::create_directories(folder_ / "inputs/in");
  std::ofstream(folder_ / "inputs/in/a.png") << "no picture";
  const Job done = finished(over());
  EXPECT_EQ(done.state, JobState::kFailed);
  EXPECT_THAT(done.error, HasSubstr("none of 1 pictures could be used, the first is 'a.png'"));
}

TEST_F(FolderRunTest, RefusesWhatCannotBeGoneOverWhenItComes) {
  const auto refusal = [this](ErrorCode code, const NewJob& wrong) {
    return tests::refusal(code, [&] { studio_->submit(wrong); });
  };
  EXPECT_THAT(refusal(ErrorCode::kNotFound, over()), HasSubstr("'inputs/in' is no folder"));
  std::filesystem::create_directories(folder_ / "inputs/in");
  EXPECT_THAT(refusal(ErrorCode::kNotFound, over()), HasSubstr("'inputs/in' has no pictures"));
  write("inputs/in/a.png", 64, 3);
  EXPECT_THAT(refusal(ErrorCode::kInvalidArgument, over(R"(, "masks": "/etc")")), HasSubstr("folder is '/etc'"));
  EXPECT_THAT(refusal(ErrorCode::kInvalidArgument, over("", R"(, "mask": "QUJD")")), HasSubstr("mask"));
  EXPECT_THAT(refusal(ErrorCode::kInvalidArgument, over("", R"(, "cfg_scale": -1)")), HasSubstr("cfg_scale"));
  EXPECT_THAT(refusal(ErrorCode::kNotFound, over("", R"(, "override_settings": {"sd_model_checkpoint": "none"})")),
              HasSubstr("none"));
  EXPECT_EQ(studio_->queue().counts().waiting, 0);
}

TEST_F(FolderRunTest, GoesOnWhereItStoppedWhenTheStudioIsOpenedAgain) {
  for (const char* name : {"a", "b", "c", "d"}) write(std::string("inputs/in/") + name + ".png", 64, name[0] % 5 + 1);
  const NewJob wanted = over("", R"(, "steps": 6, "n_iter": 2)");
  const Job calm = finished(wanted);
  const Job stopped = studio_->submit(wanted);
  wait_until([&] { return studio_->queue().find(stopped.id).pictures_done > 2; });
  open();
  const Job done = studio_->wait(stopped.id, {});
  EXPECT_EQ(done.state, JobState::kDone) << done.error;
  EXPECT_EQ(done.pictures_done, 8);
  EXPECT_EQ(bytes_of(done.id), bytes_of(calm.id));
}

TEST_F(FolderRunTest, IsResumedAfterAnInterruptWithWhatIsMissing) {
  for (const char* name : {"a", "b", "c", "d"}) write(std::string("inputs/in/") + name + ".png", 64, name[0] % 5 + 1);
  const NewJob wanted = over("", R"(, "steps": 8)");
  const Job calm = finished(wanted);
  const Job begun = studio_->submit(wanted);
  wait_until([&] { return studio_->queue().find(begun.id).pictures_done > 0; });
  studio_->interrupt(begun.id);
  const Job stopped = studio_->wait(begun.id, {});
  EXPECT_EQ(stopped.state, JobState::kCancelled);
  EXPECT_TRUE(stopped.was_interrupted);
  ASSERT_LT(stopped.pictures_done, 4) << "it was over before it was interrupted";
  const Job rest = studio_->wait(studio_->resume(begun.id).id, {});
  EXPECT_EQ(rest.state, JobState::kDone) << rest.error;
  EXPECT_EQ(rest.pictures_wanted, 4 - stopped.pictures_done);
  auto made = bytes_of(begun.id);
  made.merge(bytes_of(rest.id));
  EXPECT_EQ(made, bytes_of(calm.id)) << "every picture once, none unfinished";
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [&] { studio_->resume(rest.id); }),
              HasSubstr("has made all of its pictures"));
  tests::refusal(ErrorCode::kInvalidArgument, [&] { studio_->resume(finished(job()).id); });
}

TEST_F(FolderRunTest, IsRepeatedWithTheSameOrOtherSeeds) {
  write("inputs/in/a.png", 64, 3);
  const Job first = finished(over());
  const Job same = studio_->wait(studio_->repeat(first.id, false).id, {});
  EXPECT_EQ(bytes_of(same.id), bytes_of(first.id));
  const Job other = studio_->wait(studio_->repeat(first.id, true).id, {});
  EXPECT_EQ(other.state, JobState::kDone) << other.error;
  EXPECT_NE(studio_->results(other.id).at(0).seed, 5);
}

}  // namespace
}  // namespace fude::service
