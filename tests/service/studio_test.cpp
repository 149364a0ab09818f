#include "service/studio.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "io/images/png_file.h"
#include "pipelines/model_catalog.h"
#include "pipelines/request_json.h"
#include "service/gallery.h"
#include "tests/service/studio_fixture.h"
#include "tests/support/refusal.h"
#include "tests/support/tiny_model.h"

namespace fude::service {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

TEST_F(StudioTest, MakesThePicturesOfAJob) {
  const Job done = finished(job(R"(, "n_iter": 2)"));
  EXPECT_EQ(done.state, JobState::kDone) << done.error;
  EXPECT_EQ(done.pictures_wanted, 2);
  EXPECT_EQ(done.pictures_done, 2);
  EXPECT_FALSE(done.was_interrupted);
  const std::vector<MadePicture> pictures = studio_->results(done.id);
  ASSERT_THAT(pictures, SizeIs(2));
  EXPECT_EQ(pictures[0].seed, 5);
  EXPECT_EQ(pictures[1].seed, 6);
  EXPECT_THAT(pictures[1].infotext, HasSubstr("a cat\nSteps: 2"));
  EXPECT_EQ(io::decode_png(pictures[1].bytes).width, 64);
  const auto row = studio_->gallery().find(done.pictures[0]);
  ASSERT_TRUE(row);
  EXPECT_THAT(row->file, HasSubstr("txt2img-images/"));
  EXPECT_EQ(row->job, done.id);
  EXPECT_FALSE(studio_->running().job);
}

TEST_F(StudioTest, StoresTheRequestWithEveryKnobAndTheSettings) {
  studio_->queue().pause();
  studio_->settings().set("CLIP_stop_at_last_layers", std::int64_t{2});
  const Job stored = studio_->submit({.request = R"({"prompt": "a", "bogus": 1})"});
  const pipelines::GenerationRequest request = pipelines::parse_request(stored.request).request;
  EXPECT_GE(request.seed, 0);
  EXPECT_EQ(request.clip_skip, 2);
  EXPECT_EQ(request.model, "micro");
  EXPECT_THAT(stored.warnings, testing::ElementsAre(HasSubstr("'bogus'")));
}

TEST_F(StudioTest, RefusesWhatCannotBeMade) {
  const auto refuse = [this](ErrorCode code, const NewJob& wrong) {
    return tests::refusal(code, [&] { studio_->submit(wrong); });
  };
  EXPECT_THAT(refuse(ErrorCode::kInvalidArgument, {.kind = "video", .request = "{}"}), HasSubstr("'video'"));
  EXPECT_THAT(refuse(ErrorCode::kInvalidArgument, job(R"(, "cfg_scale": -1)")), HasSubstr("cfg_scale"));
  EXPECT_THAT(refuse(ErrorCode::kCorruptFile, {.request = "{"}), HasSubstr("not JSON"));
  EXPECT_THAT(refuse(ErrorCode::kNotFound, job(R"(, "styles": ["nope"])")), HasSubstr("nope"));
  EXPECT_THAT(refuse(ErrorCode::kNotFound, job(R"(, "override_settings": {"sd_model_checkpoint": "none"})")),
              HasSubstr("none"));
  EXPECT_EQ(studio_->queue().counts().waiting, 0);
}

TEST_F(StudioTest, LetsNoStrangerNameAPath) {
  const std::string path = tests::tiny_model("micro-sd1").string();
  tests::refusal(ErrorCode::kNotFound,
                 [&] { studio_->submit(job(R"(, "override_settings": {"sd_model_checkpoint": ")" + path + "\"}")); });
}

TEST_F(StudioTest, KeepsAJobOfAnUnknownKindAsFailed) {
  const Job stored = studio_->queue().submit({.kind = "video", .request = "{}"});
  const Job done = studio_->wait(stored.id, {});
  EXPECT_EQ(done.state, JobState::kFailed);
  EXPECT_THAT(done.error, HasSubstr("'video' is not known to this version"));
}

TEST_F(StudioTest, TellsWhyAJobFailed) {
  studio_->queue().pause();
  const Job stored = studio_->submit(job());
  std::filesystem::remove(folder_ / "models/Stable-diffusion/micro.safetensors");
  studio_->queue().resume();
  const Job done = studio_->wait(stored.id, {});
  EXPECT_EQ(done.state, JobState::kFailed);
  EXPECT_EQ(done.error_code, ErrorCode::kNotFound);
  EXPECT_THAT(done.error, HasSubstr("micro"));
}

TEST_F(StudioTest, TellsFilesByTheirNameWithinTheDataFolder) {
  std::filesystem::create_directories(folder_ / "models/Lora");
  std::ofstream(folder_ / "models/Lora/broken.safetensors") << "no adapter";
  const Job warned = finished(job(R"(, "prompt": "a cat <lora:broken:1>")"));
  EXPECT_EQ(warned.state, JobState::kDone) << warned.error;
  EXPECT_THAT(warned.warnings, testing::Contains(HasSubstr("'models/Lora/broken.safetensors'")));
  std::ofstream(folder_ / "models/Stable-diffusion/other.safetensors") << "no model";
  const Job failed = finished(job(R"(, "override_settings": {"sd_model_checkpoint": "other"})"));
  EXPECT_THAT(failed.error, HasSubstr("'models/Stable-diffusion/other.safetensors'"));
  for (const std::string& said : {warned.warnings.front(), failed.error}) {
    EXPECT_THAT(said, testing::Not(HasSubstr(folder_.path().string())));
  }
}

TEST_F(StudioTest, ListsOnlyAdaptersThatAreThereAsLoaded) {
  std::filesystem::create_directories(folder_ / "models/Lora");
  std::ofstream(folder_ / "models/Lora/there.safetensors") << "what is in it does not matter";
  finished(job(R"(, "prompt": "a cat <lora:there:1> <lora:absent:1> <hypernet:none:1>")"));
  EXPECT_THAT(studio_->loaded().adapters, testing::ElementsAre("there"));
}

TEST_F(StudioTest, HandsUnsavedPicturesOutOnce) {
  NewJob wanted = job();
  wanted.saves_pictures = false;
  const Job done = finished(wanted);
  EXPECT_EQ(done.pictures_done, 1);
  EXPECT_TRUE(done.pictures.empty());
  const std::vector<MadePicture> pictures = studio_->results(done.id);
  ASSERT_THAT(pictures, SizeIs(1));
  EXPECT_FALSE(pictures[0].picture);
  EXPECT_EQ(pictures[0].bytes, studio_->results(finished(job()).id).at(0).bytes) << "the same picture";
  EXPECT_TRUE(studio_->results(done.id).empty());
  EXPECT_THAT(studio_->gallery().search({}).pictures, SizeIs(1));
}

TEST_F(StudioTest, KeepsAnUnfinishedPictureWhenInterrupted) {
  const Job stored = studio_->submit(job(R"(, "steps": 1000, "n_iter": 3)"));
  wait_until([&] { return studio_->running().step > 2; });
  EXPECT_FALSE(studio_->interrupt(stored.id + 1));
  EXPECT_TRUE(studio_->interrupt(stored.id));
  const Job done = studio_->wait(stored.id, {});
  EXPECT_EQ(done.state, JobState::kDone);
  EXPECT_TRUE(done.was_interrupted);
  const std::vector<MadePicture> pictures = studio_->results(done.id);
  ASSERT_THAT(pictures, SizeIs(1));
  EXPECT_THAT(pictures[0].infotext, HasSubstr("Unfinished: "));
}

TEST_F(StudioTest, BeginsTheNextBatchWhenOneIsSkipped) {
  const Job stored = studio_->submit(job(R"(, "steps": 500, "n_iter": 2)"));
  wait_until([&] { return studio_->running().step > 2; });
  studio_->skip();
  const Job done = studio_->wait(stored.id, {});
  const std::vector<MadePicture> pictures = studio_->results(done.id);
  ASSERT_THAT(pictures, SizeIs(2));
  EXPECT_THAT(pictures[0].infotext, HasSubstr("Unfinished: "));
  EXPECT_THAT(pictures[1].infotext, testing::Not(HasSubstr("Unfinished: ")));
  EXPECT_FALSE(done.was_interrupted);
}

TEST_F(StudioTest, EndsACancelledJobWithWhatIsFinished) {
  const Job stored = studio_->submit(job(R"(, "steps": 1000)"));
  wait_until([&] { return studio_->running().step > 2; });
  studio_->cancel(stored.id);
  const Job done = studio_->wait(stored.id, {});
  EXPECT_EQ(done.state, JobState::kCancelled);
  EXPECT_EQ(done.pictures_done, 0);
  EXPECT_TRUE(studio_->gallery().search({}).pictures.empty());
}

TEST_F(StudioTest, GoesOnAfterARestart) {
  const Job first = studio_->submit(job(R"(, "n_iter": 6)")), second = studio_->submit(job());
  wait_until([&] { return studio_->queue().find(first.id).pictures_done > 0; });
  open();
  const Job done = studio_->wait(first.id, {});
  EXPECT_EQ(done.state, JobState::kDone);
  EXPECT_EQ(done.pictures_done, 6);
  EXPECT_THAT(done.pictures, SizeIs(6));
  EXPECT_EQ(studio_->wait(second.id, {}).state, JobState::kDone);
  EXPECT_EQ(studio_->gallery().search({}).total, 7);
}

TEST_F(StudioTest, FindsThePicturesAgainWhenTheDatabaseIsDamaged) {
  finished(job());
  EXPECT_EQ(studio_->repair(), "");
  studio_.reset();
  std::ofstream(folder_ / "fude.db") << std::string(100'000, 'x');
  std::filesystem::remove(folder_ / "fude.db-wal");
  open();
  EXPECT_THAT(studio_->repair(), HasSubstr("was damaged"));
  EXPECT_EQ(studio_->gallery().search({}).total, 1);
  EXPECT_EQ(finished(job(R"(, "override_settings": {"sd_model_checkpoint": "micro"})")).state, JobState::kDone);
}

TEST_F(StudioTest, LosesNoJobWhenTheDatabaseIsDeleted) {
  EXPECT_EQ(studio_->notice(), "");
  studio_->queue().pause();
  const Job before = studio_->submit(job());
  for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(folder_ / ("fude.db" + std::string(ending)));
  const Job after = studio_->submit(job());
  EXPECT_THAT(studio_->notice(), HasSubstr("was deleted while it was open"));
  open();
  EXPECT_EQ(studio_->queue().counts().waiting, 2);
  studio_->queue().resume();
  EXPECT_EQ(studio_->wait(before.id, {}).state, JobState::kDone);
  EXPECT_EQ(studio_->wait(after.id, {}).state, JobState::kDone);
}

// While it lives, no file of this process grows beyond a size, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t largest_file) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = largest_file;
    was_heeded_ = ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, was_heeded_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*was_heeded_)(int) = nullptr;
};

TEST_F(StudioTest, PausesTheQueueWhenTheDiskIsFull) {
  constexpr std::int64_t kMoreThanAnyDiskHas = std::int64_t{1} << 62;
  open(kMoreThanAnyDiskHas);
  const Job full = studio_->submit(job(R"(, "steps": 20, "n_iter": 20)")), waiting = studio_->submit(job());
  wait_until([&] { return studio_->queue().find(full.id).pictures_done > 0; });
  {
    const FullDisk disk(/*largest_file=*/100);
    wait_until([&] { return !studio_->running().job; });
  }
  const Job ended = studio_->wait(full.id, {});
  EXPECT_EQ(ended.state, JobState::kFailed);
  EXPECT_EQ(ended.error_code, ErrorCode::kOutOfResources);
  EXPECT_THAT(ended.error, HasSubstr("the queue is paused: make room on the disk, then resume it"));
  EXPECT_GT(ended.pictures_done, 0);
  EXPECT_THAT(studio_->results(full.id), SizeIs(ended.pictures_done)) << "what was finished is kept";
  EXPECT_TRUE(studio_->queue().is_paused());
  EXPECT_EQ(studio_->queue().find(waiting.id).state, JobState::kWaiting);
  studio_->queue().resume();
  EXPECT_EQ(studio_->wait(waiting.id, {}).state, JobState::kDone);
  EXPECT_EQ(studio_->gallery().rescan().added, 0) << "no file without its row";
}

TEST_F(StudioTest, GoesOnWithTheQueueWhenAJobAloneNeedsTooMuch) {
  open(/*least_free_disk=*/0);
  const Job full = studio_->submit(job(R"(, "steps": 20, "n_iter": 20)"));
  wait_until([&] { return studio_->queue().find(full.id).pictures_done > 0; });
  {
    const FullDisk disk(/*largest_file=*/100);
    wait_until([&] { return !studio_->running().job; });
  }
  EXPECT_EQ(studio_->wait(full.id, {}).state, JobState::kFailed);
  EXPECT_FALSE(studio_->queue().is_paused());
}

TEST_F(StudioTest, ShowsThePictureWhileItIsMade) {
  const auto events = studio_->events().subscribe();
  const Job stored = studio_->submit(job(R"(, "steps": 1000)"));
  wait_until([&] { return studio_->preview().has_value(); });
  const Preview preview = *studio_->preview();
  EXPECT_EQ(preview.type, "image/png");
  EXPECT_EQ(io::decode_png(preview.bytes).width, 8);
  EXPECT_GT(preview.version, 0u);
  EXPECT_EQ(studio_->running().job, stored.id);
  EXPECT_GT(studio_->running().share, 0);
  studio_->cancel(stored.id);
  studio_->wait(stored.id, {});
  bool has_progress = false, has_preview = false;
  while (const auto event = events->next(std::chrono::milliseconds(0))) {
    has_progress |= std::holds_alternative<Progressed>(event->event);
    has_preview |= std::holds_alternative<PreviewChanged>(event->event);
  }
  EXPECT_TRUE(has_progress && has_preview);
}

TEST_F(StudioTest, RepeatsAJobWithTheSameOrOtherSeeds) {
  const Job first = finished(job());
  const Job same = studio_->wait(studio_->repeat(first.id, false).id, {});
  EXPECT_EQ(studio_->results(same.id).at(0).bytes, studio_->results(first.id).at(0).bytes);
  const Job other = studio_->wait(studio_->repeat(first.id, true).id, {});
  EXPECT_NE(studio_->results(other.id).at(0).seed, 5);
}

TEST_F(StudioTest, LoadsAndUnloadsModels) {
  EXPECT_FALSE(studio_->loaded().is_loaded);
  studio_->load_model("other", "");
  EXPECT_TRUE(studio_->loaded().is_loaded);
  EXPECT_EQ(studio_->loaded().name, "other");
  EXPECT_EQ(studio_->loaded().checkpoint, "other");
  EXPECT_THAT(studio_->loaded().family, HasSubstr("Stable Diffusion"));
  EXPECT_GT(studio_->loaded().bytes, 0);
  EXPECT_THAT(studio_->results(finished(job()).id).at(0).infotext, HasSubstr("Model: other"));
  EXPECT_EQ(studio_->loaded().hash.size(), 10u);
  tests::refusal(ErrorCode::kNotFound, [&] { studio_->load_model("none", ""); });
  EXPECT_EQ(studio_->loaded().checkpoint, "other");
  EXPECT_FALSE(studio_->loaded().is_loading);
  studio_->unload_model();
  EXPECT_FALSE(studio_->loaded().is_loaded);
}

TEST_F(StudioTest, MergesModelsIntoANewOne) {
  const NewJob merge{.kind = "merge", .request = R"({"models": ["micro", "other"], "weights": [0.5], "name": "mix"})"};
  const auto count = studio_->catalog().models().size();
  const Job done = finished(merge);
  EXPECT_EQ(done.state, JobState::kDone) << done.error;
  EXPECT_EQ(done.pictures_wanted, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "models/Stable-diffusion/mix.safetensors"));
  EXPECT_EQ(studio_->catalog().models().size(), count + 1);
  studio_->load_model("mix", "");
  EXPECT_EQ(studio_->loaded().name, "mix");
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [&] { studio_->submit(merge); }), HasSubstr("'mix'"));
  EXPECT_THAT(
      tests::refusal(ErrorCode::kNotFound,
                     [&] { studio_->submit({.kind = "merge", .request = R"({"models": ["none"], "name": "m"})"}); }),
      HasSubstr("none"));
}

TEST_F(StudioTest, ListsModelsAsTheyAreNow) {
  const auto count = studio_->catalog().models().size();
  std::filesystem::copy_file(tests::tiny_model("micro-sd1"), folder_ / "models/Stable-diffusion/third.safetensors");
  EXPECT_EQ(studio_->catalog().models().size(), count + 1);
  studio_->refresh_models();
  EXPECT_EQ(studio_->catalog().models().size(), count + 1);
}

TEST_F(StudioTest, HasItsDataFolderToItself) {
  EXPECT_THAT(
      tests::refusal(ErrorCode::kInvalidArgument, [this] { Studio({.data_dir = folder_.path(), .device = "cpu"}); }),
      HasSubstr("another studio works on it"));
}

}  // namespace
}  // namespace fude::service
