#include "pipelines/upscale_files.h"

#include <gtest/gtest.h>

#include "core/platform/mapped_file.h"
#include "io/images/png_file.h"
#include "pipelines/stored_text.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

const io::Image kPicture{.width = 2, .height = 1, .channels = 3, .pixels = {1, 2, 3, 4, 5, 6}};

TEST(PlanUpscaleJobs, TakesThePicturesOfFolders) {
  const tests::TemporaryFolder folder;
  fs::create_directories(folder / "in" / "below");
  for (const char* name : {"b.png", "a.PNG", "notes.txt"}) io::write_png(folder.path() / "in" / name, kPicture);
  const auto jobs =
      plan_upscale_jobs({.sources = {folder / "in"}, .out = folder / "out", .default_folder = {}, .suffix = "-4x"});
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].source, folder.path() / "in" / "a.PNG");
  EXPECT_EQ(jobs[0].target, folder.path() / "out" / "a-4x.png");
  EXPECT_EQ(jobs[1].target, folder.path() / "out" / "b-4x.png");
}

TEST(PlanUpscaleJobs, TellsPicturesOfOneNameApart) {
  const tests::TemporaryFolder folder;
  fs::create_directories(folder / "one");
  fs::create_directories(folder / "two");
  io::write_png(folder.path() / "one" / "a.png", kPicture);
  io::write_png(folder.path() / "two" / "a.png", kPicture);
  const auto jobs = plan_upscale_jobs(
      {.sources = {folder / "one", folder / "two"}, .out = folder / "out", .default_folder = {}, .suffix = {}});
  EXPECT_EQ(jobs[1].target, folder.path() / "out" / "a-1.png");
}

TEST(PlanUpscaleJobs, RefusesWhatCannotBe) {
  const tests::TemporaryFolder folder;
  fs::create_directories(folder / "empty");
  io::write_png(folder / "a.png", kPicture);
  const auto plan = [&](std::vector<fs::path> sources, const fs::path& out) {
    return [sources = std::move(sources), out] {
      plan_upscale_jobs({.sources = sources, .out = out, .default_folder = {}, .suffix = {}});
    };
  };
  tests::refusal(ErrorCode::kNotFound, plan({folder / "empty"}, folder / "out"));
  tests::refusal(ErrorCode::kNotFound, plan({folder / "b.png"}, folder / "out"));
  tests::refusal(ErrorCode::kInvalidArgument, plan({folder / "a.png", folder / "a.png"}, folder / "out.png"));
  tests::refusal(ErrorCode::kInvalidArgument, plan({folder / "a.png"}, folder.path()));
  const std::string message =
      tests::refusal(ErrorCode::kInvalidArgument, plan({folder / "a.png"}, folder / "out.webp"));
  EXPECT_NE(message.find("ends in '.webp', expected '.png'"), std::string::npos) << message;
  EXPECT_FALSE(fs::exists(folder / "out.webp"));
  const std::string kinds = tests::refusal(ErrorCode::kInvalidArgument, plan({folder / "a.png"}, folder / "out.gif"));
  EXPECT_NE(kinds.find("expected .png, .jpg, .webp or a folder"), std::string::npos) << kinds;
}

TEST(RunUpscaleJob, KeepsTextsAndReplacesNothing) {
  const tests::TemporaryFolder folder;
  io::write_png(folder / "a.png", kPicture,
                std::vector<io::PngText>{{.keyword = "parameters", .text = "a cat"},
                                         {.keyword = "postprocessing", .text = "old"}});
  fs::create_directories(folder / "out");
  const UpscaleJob job{.source = folder / "a.png", .target = folder.path() / "out" / "a.png"};
  const auto upscale = [](const io::Image& image) { return UpscaledPicture{.image = image, .text = "new"}; };
  EXPECT_EQ(run_upscale_job(job, {}, upscale), job.target);
  EXPECT_EQ(run_upscale_job(job, {}, upscale), folder.path() / "out" / "a-1.png");
  const auto file = platform::MappedFile::open(job.target);
  const io::PngTexts texts = io::read_png_texts(file->bytes());
  ASSERT_EQ(texts.texts.size(), 2U);
  EXPECT_EQ(io::find_text(texts.texts, "parameters"), "a cat");
  EXPECT_EQ(io::find_text(texts.texts, "postprocessing"), "new");
}

TEST(RunUpscaleJob, PutsWhatWasDoneBehindTheTextOfOtherFormats) {
  const tests::TemporaryFolder folder;
  io::write_png(
      folder / "a.png", kPicture,
      std::vector<io::PngText>{{.keyword = "parameters", .text = "a cat\nSteps: 20, Sampler: Euler, Seed: 5"}});
  const auto upscale = [](const io::Image& image) { return UpscaledPicture{.image = image, .text = "Scale: 2"}; };
  for (const char* ending : {".jpg", ".webp"}) {
    const auto jobs = plan_upscale_jobs({.sources = {folder / "a.png"},
                                         .out = folder / ("b" + std::string(ending)),
                                         .default_folder = {},
                                         .suffix = {},
                                         .ending = ending});
    const SavingOptions options{.encoding = {.format = *io::format_named(ending)}};
    const fs::path made = run_upscale_job(jobs.at(0), options, upscale);
    EXPECT_EQ(made, folder / ("b" + std::string(ending)));
    EXPECT_EQ(read_infotext_of(made), "a cat\nSteps: 20, Sampler: Euler, Seed: 5, Scale: 2");
  }
}

TEST(RunUpscaleJob, BecomesPngWhereTheFormatIsTooSmall) {
  const tests::TemporaryFolder folder;
  io::write_png(folder / "a.png", kPicture);
  const auto upscale = [](const io::Image&) {
    constexpr int kWidth = 70'000;  // JPEG ends at 65,535
    return UpscaledPicture{.image = {.width = kWidth,
                                     .height = 1,
                                     .channels = 3,
                                     .pixels = std::vector<std::uint8_t>(std::size_t{3} * kWidth)},
                           .text = {}};
  };
  const SavingOptions options{.encoding = {.format = io::PictureFormat::kJpeg}};
  EXPECT_EQ(run_upscale_job({.source = folder / "a.png", .target = folder / "b.jpg"}, options, upscale),
            folder / "b.png");
}

TEST(RunUpscaleJob, LeavesNothingBehindWhenItFails) {
  const tests::TemporaryFolder folder;
  io::write_png(folder / "a.png", kPicture);
  const UpscaleJob job{.source = folder / "a.png", .target = folder / "b.png"};
  const auto stop = [](const io::Image&) -> UpscaledPicture { fail(ErrorCode::kCancelled, "stopped"); };
  tests::refusal(ErrorCode::kCancelled, [&] { run_upscale_job(job, {}, stop); });
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

}  // namespace
}  // namespace fude::pipelines
