// Jobs that start from pictures.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <span>
#include <string>

#include "core/base64.h"
#include "io/images/png_file.h"
#include "pipelines/request_json.h"
#include "service/gallery.h"
#include "tests/service/studio_fixture.h"
#include "tests/support/refusal.h"

namespace fude::service {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

// A PNG file in base64: a shade that grows from the left by `slope` a pixel.
std::string picture(int width, int height, int slope) {
  io::Image image{.width = width, .height = height, .channels = 3, .pixels = {}};
  for (int i = 0; i < width * height; ++i) {
    image.pixels.insert(image.pixels.end(), 3, static_cast<std::uint8_t>(i % width * slope));
  }
  return base64_encode(io::encode_png(image, {}));
}

// Two chains of three loops.
constexpr const char* kLoops =
    R"(, "n_iter": 2, "denoising_strength": 0.8, "loopback": {"loops": 3, "final_strength": 0.4})";

class StudioPicturesTest : public StudioTest {
 protected:
  static NewJob redraw(const std::string& more = "") {
    return job(R"(, "init_images": [")" + picture(64, 64, 3) + "\"]" + more);
  }
  static std::string mask(int width, int slope) { return R"(, "mask": ")" + picture(width, 64, slope) + "\""; }

  std::size_t stored_count() const {
    const std::filesystem::path stored = folder_ / "job-pictures";
    if (!std::filesystem::exists(stored)) return 0;
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(stored), {}));
  }
  std::string refused(const NewJob& wrong) {
    return tests::refusal(ErrorCode::kInvalidArgument, [&] { studio_->submit(wrong); });
  }
  // As versions before stored it: the pictures in the row.
  Job submit_as_once(const NewJob& wanted) {
    pipelines::GenerationRequest request = pipelines::parse_request(wanted.request).request;
    request.model = "micro";
    return studio_->queue().submit({.request = pipelines::request_to_json(request)});
  }
};

TEST_F(StudioPicturesTest, KeepsPicturesBesideTheDatabase) {
  const Job done = finished(redraw(mask(64, 4)));
  EXPECT_EQ(done.state, JobState::kDone) << done.error;
  EXPECT_THAT(done.request, Not(HasSubstr(picture(64, 64, 3))));
  EXPECT_LT(done.request.size(), 10'000u);
  EXPECT_EQ(stored_count(), 2u);
  finished(redraw());
  EXPECT_EQ(stored_count(), 2u) << "the same picture is kept once";
}

TEST_F(StudioPicturesTest, MakesTheSameAsOfAPictureInTheRow) {
  const Job fresh = finished(redraw(mask(64, 4)));
  const Job old = studio_->wait(submit_as_once(redraw(mask(64, 4))).id, {});
  EXPECT_EQ(old.state, JobState::kDone) << old.error;
  EXPECT_EQ(studio_->results(old.id).at(0).bytes, studio_->results(fresh.id).at(0).bytes);
  const Job again = studio_->wait(studio_->repeat(old.id, false).id, {});
  EXPECT_EQ(studio_->results(again.id).at(0).bytes, studio_->results(fresh.id).at(0).bytes);
}

TEST_F(StudioPicturesTest, RepeatsAJobFromItsPictures) {
  const Job first = finished(redraw());
  const Job plain = finished(job());
  const Job same = studio_->wait(studio_->repeat(first.id, false).id, {});
  EXPECT_EQ(studio_->results(same.id).at(0).bytes, studio_->results(first.id).at(0).bytes);
  EXPECT_NE(studio_->results(first.id).at(0).bytes, studio_->results(plain.id).at(0).bytes);
  const Job other = studio_->wait(studio_->repeat(first.id, true).id, {});
  EXPECT_EQ(other.state, JobState::kDone) << other.error;
  EXPECT_THAT(studio_->results(other.id).at(0).infotext, HasSubstr("Denoising strength"));
  EXPECT_EQ(stored_count(), 1u);
}

TEST_F(StudioPicturesTest, GoesOnFromAllPicturesAfterARestart) {
  const std::string two = R"(, "init_images": [")" + picture(64, 64, 3) + R"(", ")" + picture(64, 64, 1) +
                          R"("], "batch_size": 2, "n_iter": 4, "steps": 6)";
  const Job calm = finished(job(two));
  const Job stopped = studio_->submit(job(two));
  wait_until([&] { return studio_->queue().find(stopped.id).pictures_done > 0; });
  open();
  const Job done = studio_->wait(stopped.id, {});
  EXPECT_EQ(done.state, JobState::kDone) << done.error;
  const auto expected = studio_->results(calm.id), made = studio_->results(done.id);
  ASSERT_THAT(expected, SizeIs(8));
  ASSERT_THAT(made, SizeIs(8));
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(made[i].bytes, expected[i].bytes) << i;
}

TEST_F(StudioPicturesTest, CountsOnePictureForEachThatItStartsFrom) {
  const std::string two = R"(, "init_images": [")" + picture(64, 64, 3) + R"(", ")" + picture(64, 64, 1) + R"("])";
  const Job done = finished(job(two + R"(, "batch_size": 4)"));
  EXPECT_EQ(done.pictures_wanted, 2);
  EXPECT_EQ(done.pictures_done, 2);
}

TEST_F(StudioPicturesTest, RefusesPicturesThatCannotBeUsedWhenTheyCome) {
  EXPECT_THAT(refused(job(R"(, "init_images": ["QUJD"])")), HasSubstr("'init_images[0]' is"));
  EXPECT_THAT(refused(job(R"(, "init_images": [")" + picture(1, 1, 0) + "\"]")), HasSubstr("init_images[0] is 1x1"));
  EXPECT_THAT(refused(redraw(mask(32, 4))), HasSubstr("mask is 32x64, expected 64x64"));
  EXPECT_THAT(refused(redraw(mask(64, 0))), HasSubstr("mask is black all over"));
  EXPECT_THAT(refused(redraw(mask(64, 4) + R"(, "latent_mask": "QUJD")")), HasSubstr("latent_mask"));
  EXPECT_THAT(refused(job(R"(, "enable_hr": true, "firstpass_image": "QUJD")")), HasSubstr("firstpass_image"));
  EXPECT_THAT(refused({.kind = "upscale", .request = R"({"image": "QUJD"})"}), HasSubstr("'image' is"));
  EXPECT_EQ(studio_->queue().counts().waiting, 0);
  EXPECT_EQ(stored_count(), 0u);
}

TEST_F(StudioPicturesTest, FeedsPicturesBack) {
  const Job done = finished(redraw(kLoops));
  EXPECT_EQ(done.state, JobState::kDone) << done.error;
  EXPECT_EQ(done.pictures_wanted, 6);
  const auto made = studio_->results(done.id);
  ASSERT_THAT(made, SizeIs(6));
  EXPECT_EQ(made[2].seed, 7);
  EXPECT_EQ(made[3].seed, 6) << "the second chain begins with the next seed";
  EXPECT_THAT(made[2].infotext, HasSubstr("Final denoising strength: 0.4"));
  EXPECT_THAT(made[2].infotext, HasSubstr("Denoising strength: 0.4"));
}

TEST_F(StudioPicturesTest, RepeatsLoopsToo) {
  const Job first = finished(redraw(kLoops));
  const Job same = studio_->wait(studio_->repeat(first.id, false).id, {});
  ASSERT_THAT(studio_->results(same.id), SizeIs(6));
  EXPECT_EQ(studio_->results(same.id)[5].bytes, studio_->results(first.id)[5].bytes);
  EXPECT_THAT(studio_->results(studio_->wait(studio_->repeat(first.id, true).id, {}).id), SizeIs(6));
}

TEST_F(StudioPicturesTest, GoesOnWithLoopsAfterARestart) {
  for (const char* format : {"png", "webp"}) {  // with losses nothing can be gone on from
    studio_->settings().set("samples_format", std::string(format));
    const Job calm = finished(redraw(kLoops));
    const Job stopped = studio_->submit(redraw(kLoops));
    wait_until([&] { return studio_->queue().find(stopped.id).pictures_done > 1; });
    open();
    const Job done = studio_->wait(stopped.id, {});
    EXPECT_EQ(done.state, JobState::kDone) << done.error;
    EXPECT_EQ(done.pictures_done, 6);
    const auto expected = studio_->results(calm.id), made = studio_->results(done.id);
    ASSERT_THAT(made, SizeIs(6)) << format;
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(made[i].bytes, expected[i].bytes) << format << i;
  }
}

TEST_F(StudioPicturesTest, RefusesLoopsThatCannotBe) {
  const std::string loops = R"(, "loopback": {"loops": 2})";
  EXPECT_THAT(refused(job(loops)), HasSubstr("no picture to loop over"));
  EXPECT_THAT(refused(redraw(loops + R"(, "sd_upscale": true)")), HasSubstr("sd_upscale is given for loopback"));
  EXPECT_THAT(refused(redraw(R"(, "loopback": {"loops": 33})")), HasSubstr("33 loops, expected 1 to 32"));
  EXPECT_THAT(refused(redraw(R"(, "loopback": {"final_strength": 2})")), HasSubstr("final strength 2"));
  EXPECT_THAT(refused(redraw(R"(, "loopback": {"curve": "Slow"})")), HasSubstr("curve 'Slow'"));
}

TEST_F(StudioPicturesTest, FeedsALargerPictureBack) {
  const Job done = finished(redraw(R"(, "outpaint": {"left": true, "pixels": 16}, "loopback": {"loops": 2})"));
  EXPECT_EQ(done.state, JobState::kDone) << done.error;
  ASSERT_THAT(done.pictures, SizeIs(2));
  for (const PictureId id : done.pictures) EXPECT_EQ(studio_->gallery().find(id)->width, 80);
}

TEST_F(StudioPicturesTest, EnlargesAPictureThatWasSent) {
  const NewJob upscale{.kind = "upscale",
                       .request = R"({"upscaler": "Lanczos", "factor": 2, "image": ")" + picture(20, 10, 3) + "\"}"};
  const Job done = finished(upscale);
  EXPECT_EQ(done.state, JobState::kDone) << done.error;
  EXPECT_THAT(done.request, Not(HasSubstr("image")));
  EXPECT_EQ(studio_->gallery().find(done.pictures.at(0))->width, 40);
  const Job again = studio_->wait(studio_->repeat(done.id, true).id, {});
  EXPECT_EQ(again.state, JobState::kDone) << again.error;
  EXPECT_EQ(stored_count(), 1u);
  const Job old = studio_->wait(studio_->queue().submit(upscale).id, {});  // as versions before stored it
  EXPECT_EQ(old.state, JobState::kDone) << old.error;
}

TEST_F(StudioPicturesTest, SavesEnlargedPicturesByTheUsersPattern) {
  const std::string size = R"(, "width": 20, "height": 10)";
  const NewJob upscale{.kind = "upscale",
                       .request = R"({"upscaler": "None", "image": ")" + picture(20, 10, 3) + "\"" + size + "}"};
  const auto file = [&] { return studio_->gallery().find(finished(upscale).pictures.at(0))->file; };
  EXPECT_THAT(file(), testing::MatchesRegex("extras-images/[0-9]{4}-[0-9]{2}-[0-9]{2}/00000-upscaled.png"));
  studio_->settings().set("directories_filename_pattern", std::string("large"));
  studio_->settings().set("samples_filename_pattern", std::string("mine"));
  EXPECT_EQ(file(), "extras-images/large/00000-mine-upscaled.png");
  studio_->settings().set("save_to_dirs", false);
  EXPECT_THAT(file(), testing::MatchesRegex("extras-images/[0-9]+-mine-upscaled.png"));
  studio_->settings().set("samples_format", std::string("webp"));
  EXPECT_THAT(file(), testing::MatchesRegex("extras-images/[0-9]+-mine-upscaled.webp"));
}

TEST_F(StudioPicturesTest, RepeatsAJobInItsOwnFormat) {
  const Job first = finished(job(R"(, "override_settings": {"samples_format": "jpg", "save_to_dirs": false})"));
  for (const bool has_new_seeds : {false, true}) {
    const Job again = studio_->wait(studio_->repeat(first.id, has_new_seeds).id, {});
    EXPECT_THAT(studio_->gallery().find(again.pictures.at(0))->file, testing::MatchesRegex("txt2img-images/[^/]+.jpg"));
  }
}

TEST_F(StudioPicturesTest, TellsWhenAPictureIsGone) {
  studio_->queue().pause();
  const Job waiting = studio_->submit(redraw());
  std::filesystem::remove_all(folder_ / "job-pictures");
  studio_->queue().resume();
  const Job done = studio_->wait(waiting.id, {});
  EXPECT_EQ(done.state, JobState::kFailed);
  EXPECT_THAT(done.error, HasSubstr("init_images"));
  EXPECT_THAT(done.error, HasSubstr("no longer kept"));
}

TEST_F(StudioPicturesTest, RemovesPicturesOfNoJobAtTheStart) {
  const Job done = finished(redraw());
  studio_.reset();
  std::ofstream(folder_ / "job-pictures/orphan") << "of a job that was never stored";
  open();
  EXPECT_EQ(stored_count(), 1u);
  EXPECT_EQ(studio_->wait(studio_->repeat(done.id, false).id, {}).state, JobState::kDone);
}

}  // namespace
}  // namespace fude::service
