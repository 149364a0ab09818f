#include "pipelines/picture_folder.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "io/images/png_file.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::pipelines {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PictureFolderTest : public testing::Test {
 protected:
  PictureFolderTest() {
    base_.seed = 7;
    base_.subseed = 8;
    base_.prompt = "oil painting,";
  }

  void write(const std::string& name, int size, const std::string& infotext = "", std::uint8_t shade = 255) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    const io::Image image{.width = size,
                          .height = size,
                          .channels = 3,
                          .pixels = std::vector<std::uint8_t>(static_cast<std::size_t>(size * size * 3), shade)};
    std::vector<io::PngText> texts;
    if (!infotext.empty()) texts.push_back({.keyword = "parameters", .text = infotext});
    io::write_png(folder_ / name, image, texts);
  }

  PictureFolder folder(const FolderPlaces& more = {}) {
    FolderPlaces places = more;
    places.pictures = folder_ / "in";
    return PictureFolder(places);
  }

  /// Goes over it without drawing anything.
  FolderOutcome outcome(const FolderPlaces& places = {}, const std::set<std::string>& done = {}) {
    const PictureFolder pictures = folder(places);
    return go_over(pictures, base_,
                   {.is_done = [&](std::size_t place) { return done.contains(pictures.names()[place]); },
                    .make = [&](std::size_t place, const GenerationRequest&) { make(pictures.names()[place]); },
                    .on_warning = [&](const std::string& warning) { warnings_.push_back(warning); }});
  }
  void make(const std::string& name) {
    if (name == failing_) fail(failure_, "it failed");
    made_.push_back(name);
  }

  tests::TemporaryFolder folder_;
  GenerationRequest base_;
  std::vector<std::string> made_, warnings_;
  std::string failing_;
  ErrorCode failure_ = ErrorCode::kInvalidArgument;
};

TEST_F(PictureFolderTest, HasItsPicturesInOrder) {
  for (const char* name : {"in/b.png", "in/a.PNG", "in/.hidden.png"}) write(name, 8);
  std::ofstream(folder_ / "in/c.webp") << "no picture, which is seen later";
  std::ofstream(folder_ / "in/notes.txt") << "no picture";
  std::filesystem::create_directories(folder_ / "in/d.png");
  EXPECT_THAT(folder().names(), ElementsAre("a.PNG", "b.png", "c.webp"));
}

TEST_F(PictureFolderTest, IsRefusedWithoutPictures) {
  EXPECT_THAT(tests::refusal(ErrorCode::kNotFound, [&] { folder(); }), HasSubstr("is no folder"));
  std::filesystem::create_directories(folder_ / "in");
  EXPECT_THAT(tests::refusal(ErrorCode::kNotFound, [&] { folder(); }), HasSubstr("has no pictures"));
  EXPECT_THAT(tests::refusal(ErrorCode::kNotFound, [&] { pictures_in(folder_ / "in", "inputs/x"); }),
              HasSubstr("'inputs/x'"));
  write("in/a.png", 8);
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [&] { folder({.reused = {"promt"}}); }),
              HasSubstr("did you mean 'prompt'"));
}

TEST_F(PictureFolderTest, StartsEveryPictureFromItWithOneSeed) {
  write("in/a.png", 8);
  write("in/b.png", 16);
  const PictureFolder pictures = folder();
  for (const char* name : {"a.png", "b.png"}) {
    const GenerationRequest request = pictures.request_for(base_, name);
    EXPECT_EQ(request.seed, 7);
    ASSERT_EQ(request.sources.init_images.size(), 1u);
    EXPECT_EQ(decode_source(request.sources.init_images[0], name).width, name[0] == 'a' ? 8 : 16);
  }
}

TEST_F(PictureFolderTest, TakesOneMaskForAllOrThatOfTheSameName) {
  write("in/a.png", 16);
  write("in/b.png", 16);
  write("masks/b.jpg.png", 16);
  EXPECT_TRUE(folder({.masks = folder_ / "masks"}).request_for(base_, "a.png").sources.mask);
  write("masks/b.png", 16);
  const PictureFolder pictures = folder({.masks = folder_ / "masks"});
  EXPECT_FALSE(pictures.has_mask_for("a.png"));
  EXPECT_TRUE(pictures.request_for(base_, "b.png").sources.mask);
}

TEST_F(PictureFolderTest, ReusesWhatPicturesSayOfThemselves) {
  const std::string text =
      "a cat\nNegative prompt: dog\nSteps: 9, Sampler: Euler a, CFG scale: 3, Seed: 77, Size: 64x64";
  write("in/a.png", 8, text);
  const GenerationRequest some = folder({.reused = {"prompt", "seed"}}).request_for(base_, "a.png");
  EXPECT_EQ(some.prompt, "oil painting, a cat");
  EXPECT_EQ(some.seed, 77);
  EXPECT_EQ(some.steps, base_.steps);
  const GenerationRequest rest =
      folder({.reused = {"negative", "cfg", "sampler", "steps"}}).request_for(base_, "a.png");
  EXPECT_EQ(rest.prompt, base_.prompt);
  EXPECT_EQ(rest.negative_prompt, "dog");
  EXPECT_EQ(rest.cfg_scale, 3);
  EXPECT_EQ(rest.sampler, "Euler a");
  EXPECT_EQ(rest.steps, 9);
  write("texts/a.png", 8, "a dog\nSteps: 9, CFG scale: 3, Seed: 5");
  EXPECT_EQ(folder({.texts = folder_ / "texts", .reused = {"seed"}}).request_for(base_, "a.png").seed, 5);
}

TEST_F(PictureFolderTest, IsGoneOverWhereSomethingIsMissing) {
  for (const char* name : {"in/a.png", "in/b.png", "in/c.png"}) write(name, 8);
  const FolderOutcome result = outcome({}, {"b.png"});
  EXPECT_THAT(made_, ElementsAre("a.png", "c.png"));
  EXPECT_EQ(result.done_before, 1u);
  EXPECT_EQ(result.made, 2u);
  EXPECT_THAT(result.failures, IsEmpty());
}

TEST_F(PictureFolderTest, PassesOverWhatCannotBeUsedAndSaysSo) {
  write("in/a.png", 1);
  write("in/b.png", 8);
  write("in/c.png", 8);
  write("in/d.png", 8);
  write("masks/a.png", 1);
  write("masks/b.png", 16);
  write("masks/d.png", 8);
  const FolderOutcome result = outcome({.masks = folder_ / "masks"});
  EXPECT_THAT(made_, ElementsAre("d.png"));
  EXPECT_EQ(result.without_mask, 1u);
  EXPECT_THAT(warnings_,
              ElementsAre(HasSubstr("'a.png': init_images[0] is 1x1"),
                          HasSubstr("'b.png': mask is 16x16, expected 8x8"), "'c.png' has no mask and is passed over"));
  EXPECT_EQ(result.failures.size(), 2u);
}

TEST_F(PictureFolderTest, EndsOnlyForWhatConcernsAll) {
  write("in/a.png", 8);
  write("in/b.png", 8);
  failing_ = "a.png";
  EXPECT_EQ(outcome().made, 1u);
  EXPECT_THAT(warnings_, ElementsAre("'a.png': it failed"));
  for (const ErrorCode code : {ErrorCode::kCancelled, ErrorCode::kOutOfResources, ErrorCode::kNotFound}) {
    failure_ = code;
    tests::refusal(code, [&] { outcome(); });
  }
}

TEST_F(PictureFolderTest, ChecksWhatAllPicturesHaveInCommon) {
  const auto refusal = [&] {
    return tests::refusal(ErrorCode::kInvalidArgument, [&] {
      GenerationRequest request = base_;
      check_folder_request(request);
    });
  };
  base_.combinatorial = true;
  EXPECT_THAT(refusal(), HasSubstr("combinatorial"));
  base_.combinatorial = false;
  base_.steps = 0;
  EXPECT_THAT(refusal(), HasSubstr("steps"));
  base_.steps = 2;
  base_.sources.mask = picture_bytes("x");
  EXPECT_THAT(refusal(), HasSubstr("mask"));
  base_.sources = {.init_images = {picture_bytes("x")}};
  EXPECT_THAT(refusal(), HasSubstr("init_images are given beside a folder"));
}

}  // namespace
}  // namespace fude::pipelines
