#include "service/comparison_run.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "core/base64.h"
#include "io/images/png_file.h"
#include "service/comparison_job.h"
#include "service/gallery.h"
#include "tests/service/studio_fixture.h"
#include "tests/support/refusal.h"

namespace fude::service {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ComparisonRunTest : public StudioTest {
 protected:
  static NewJob plot(const std::string& axes, const std::string& more = "") {
    return {.kind = "compare",
            .request = R"({"script": "plot", "request": {"prompt": "a cat", "seed": -1, "steps": 2, "width": 64,
                "height": 64, "sampler_name": "Euler"}, "axes": {)" +
                       axes + "}" + more + "}"};
  }

  std::string file_of(PictureId id) const { return studio_->gallery().find(id)->file; }
};

const std::string kTwoByTwo = R"("x": {"axis": "Steps", "values": "1,2"}, "y": {"axis": "CFG Scale", "values": "3,5"})";

TEST_F(ComparisonRunTest, MakesEveryCellAndTheGrid) {
  const Job done = finished(plot(kTwoByTwo));
  ASSERT_EQ(done.state, JobState::kDone) << done.error;
  EXPECT_EQ(done.pictures_wanted, 5);
  EXPECT_EQ(done.pictures_done, 5);
  const ComparisonSheet sheet = studio_->comparison_sheet(done.id);
  ASSERT_THAT(sheet.cells, SizeIs(4));
  for (std::size_t i = 0; i < 4; ++i) {
    ASSERT_THAT(sheet.cells[i].pictures, SizeIs(1));
    const Picture picture = *studio_->gallery().find(sheet.cells[i].pictures[0]);
    EXPECT_EQ(picture.steps, i % 2 == 0 ? 1 : 2);
    EXPECT_EQ(picture.cfg_scale, i < 2 ? 3 : 5);
    EXPECT_EQ(picture.seed, studio_->gallery().find(sheet.cells[0].pictures[0])->seed);
  }
  ASSERT_THAT(sheet.grids, SizeIs(1));
  const Picture grid = *studio_->gallery().find(sheet.grids[0]);
  EXPECT_THAT(grid.file, HasSubstr("txt2img-grids/"));
  EXPECT_THAT(grid.file, HasSubstr("xyz_grid-0000-" + std::to_string(grid.seed) + ".png"));
  EXPECT_GT(grid.width, 2 * 64);
  EXPECT_THAT(grid.infotext, HasSubstr("Script: X/Y/Z plot, X Type: Steps"));
  std::filesystem::path index = studio_->outputs_folder() / grid.file;
  EXPECT_TRUE(std::filesystem::exists(index.replace_extension(".json")));
}

TEST_F(ComparisonRunTest, MakesWhatIsCostlyOutermost) {
  const Job done = finished(plot(
      R"("x": {"axis": "Checkpoint name", "choices": ["micro", "other"]}, "y": {"axis": "Steps", "values": "1,2"})"));
  ASSERT_EQ(done.state, JobState::kDone) << done.error;
  std::vector<std::pair<PictureId, std::string>> models;
  for (const ComparisonSheet::Cell& cell : studio_->comparison_sheet(done.id).cells) {
    models.emplace_back(cell.pictures.at(0), studio_->gallery().find(cell.pictures.at(0))->model);
  }
  std::ranges::sort(models);  // ids rise as they are made
  EXPECT_EQ(models[0].second, models[1].second);
  EXPECT_EQ(models[2].second, models[3].second);
  EXPECT_NE(models[0].second, models[2].second);
}

TEST_F(ComparisonRunTest, SavesNoGridWhereSettingsWantNone) {
  studio_->settings().set("grid_save", false);
  const Job done = finished(plot(kTwoByTwo));
  EXPECT_EQ(done.pictures_done, 4);
  EXPECT_THAT(studio_->comparison_sheet(done.id).grids, IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(studio_->outputs_folder() / "txt2img-grids"));
}

TEST_F(ComparisonRunTest, MayHaveFormatsOfItsOwn) {
  const auto with = [](const std::string& settings) -> NewJob {
    return {.kind = "compare",
            .request = R"({"request": {"steps": 1, "width": 64, "height": 64, "override_settings": {)" + settings +
                       R"(}}, "axes": {"x": {"axis": "CFG Scale", "values": "3,5"}}})"};
  };
  const Job done = finished(with(R"("samples_format": "jpg", "grid_format": "webp")"));
  ASSERT_EQ(done.pictures.size(), 3u) << done.error;
  EXPECT_THAT(file_of(done.pictures[0]), testing::EndsWith(".jpg"));
  EXPECT_THAT(file_of(done.pictures[2]), testing::EndsWith(".webp"));
  EXPECT_THAT(studio_->gallery().find(done.pictures[2])->infotext, HasSubstr("X Type: CFG Scale"));
  const Job alone = finished(with(R"("grid_save": false, "save_to_dirs": false)"));
  ASSERT_EQ(alone.pictures.size(), 2u) << alone.error;
  EXPECT_THAT(file_of(alone.pictures[0]), testing::MatchesRegex("txt2img-images/[^/]+.png"));
  tests::refusal(ErrorCode::kInvalidArgument, [&] { studio_->submit(with(R"("grid_format": "tiff")")); });
}

TEST_F(ComparisonRunTest, ACellThatFailsLeavesItsMessage) {
  studio_->queue().pause();
  const Job stored = studio_->submit(plot(R"("x": {"axis": "Checkpoint name", "choices": ["micro", "other"]})"));
  std::ofstream(folder_ / "models/Stable-diffusion/other.safetensors") << "no model";
  studio_->queue().resume();
  const Job done = studio_->wait(stored.id, {});
  ASSERT_EQ(done.state, JobState::kDone) << done.error;
  const ComparisonSheet sheet = studio_->comparison_sheet(done.id);
  EXPECT_THAT(sheet.cells.at(0).pictures, SizeIs(1));
  EXPECT_THAT(sheet.cells.at(1).pictures, IsEmpty());
  EXPECT_THAT(sheet.cells.at(1).error, HasSubstr("'models/Stable-diffusion/other.safetensors'"));
  EXPECT_THAT(sheet.grids, SizeIs(1));
}

TEST_F(ComparisonRunTest, FailsWhereNoCellCanBeMade) {
  studio_->queue().pause();
  const Job stored = studio_->submit(plot(R"("x": {"axis": "Checkpoint name", "choices": ["other"]})"));
  std::ofstream(folder_ / "models/Stable-diffusion/other.safetensors") << "no model";
  studio_->queue().resume();
  const Job done = studio_->wait(stored.id, {});
  EXPECT_EQ(done.state, JobState::kFailed);
  EXPECT_THAT(done.error, HasSubstr("no picture could be made"));
}

TEST_F(ComparisonRunTest, AnInterruptKeepsWhatIsDoneAndDrawsIt) {
  const Job stored = studio_->submit(plot(R"("x": {"axis": "Steps", "values": "1,2,150"})"));
  wait_until([&] { return studio_->queue().find(stored.id).pictures_done >= 2; });
  EXPECT_TRUE(studio_->interrupt(stored.id));
  const Job done = studio_->wait(stored.id, {});
  EXPECT_EQ(done.state, JobState::kDone) << done.error;
  EXPECT_TRUE(done.was_interrupted);
  const ComparisonSheet sheet = studio_->comparison_sheet(done.id);
  EXPECT_THAT(sheet.cells.at(1).pictures, SizeIs(1));
  EXPECT_THAT(sheet.grids, SizeIs(1));
}

TEST_F(ComparisonRunTest, GoesOnWithTheMissingCellsAfterTheStudioEnded) {
  const Job stored =
      studio_->submit(plot(R"("x": {"axis": "Seed", "values": "-1,-1,-1,-1"}, "y": {"axis": "Steps", "values": "30"})",
                           R"(, "options": {"keep_random_seeds": true})"));
  wait_until([&] { return studio_->queue().find(stored.id).pictures_done >= 1; });
  studio_.reset();
  open();
  const Job done = studio_->wait(stored.id, {});
  ASSERT_EQ(done.state, JobState::kDone) << done.error;
  EXPECT_EQ(done.pictures_done, 5);
  EXPECT_EQ(studio_->gallery().search({}).total, 5);
  // The seeds are those of the plan that was stored.
  const pipelines::comparison::ComparisonPlan plan(pipelines::comparison::parse_comparison_order(stored.request, {}),
                                                   {});
  const ComparisonSheet sheet = studio_->comparison_sheet(done.id);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(studio_->gallery().find(sheet.cells[i].pictures.at(0))->seed, plan.cells()[i].jobs[0].seed);
  }
}

TEST_F(ComparisonRunTest, StartsFromAPictureToo) {
  io::Image grey{.width = 64, .height = 64, .channels = 3, .pixels = std::vector<std::uint8_t>(64 * 64 * 3, 128)};
  const std::vector<std::byte> png = io::encode_png(grey);
  const std::string bytes(reinterpret_cast<const char*>(png.data()), png.size());
  const Job done =
      finished({.kind = "compare",
                .request = R"({"script": "plot", "request": {"steps": 2, "width": 64, "height": 64,
                                 "init_images": [")" +
                           base64_encode(bytes) + R"("]}, "axes": {"x": {"axis": "Denoising", "values": "0.5,1"}}})"});
  ASSERT_EQ(done.state, JobState::kDone) << done.error;
  EXPECT_EQ(done.pictures_done, 3);
  EXPECT_THAT(file_of(done.pictures.back()), HasSubstr("img2img-grids/"));
}

TEST_F(ComparisonRunTest, MakesLinesWithoutAGrid) {
  const Job done =
      finished({.kind = "compare", .request = R"({"script": "lines", "request": {"prompt": "a", "steps": 1, "width": 64,
                                 "height": 64}, "lines": "b\n--prompt c --batch_size 2\n"})"});
  ASSERT_EQ(done.state, JobState::kDone) << done.error;
  const ComparisonSheet sheet = studio_->comparison_sheet(done.id);
  ASSERT_THAT(sheet.cells, SizeIs(2));
  EXPECT_THAT(sheet.cells[1].pictures, SizeIs(2));
  EXPECT_THAT(sheet.grids, IsEmpty());
}

TEST_F(ComparisonRunTest, RefusesWhatCannotBeMadeBeforeItIsStored) {
  const auto refuse = [this](ErrorCode code, const NewJob& wrong) {
    return tests::refusal(code, [&] { studio_->submit(wrong); });
  };
  EXPECT_THAT(refuse(ErrorCode::kInvalidArgument, plot(R"("x": {"axis": "Stepps", "values": "1"})")),
              HasSubstr("Steps"));
  EXPECT_THAT(refuse(ErrorCode::kNotFound, plot(R"("x": {"axis": "Checkpoint name", "values": "micro,none"})")),
              HasSubstr("none"));
  EXPECT_THAT(refuse(ErrorCode::kInvalidArgument, plot(R"("x": {"axis": "Steps", "values": "1-150"},
      "y": {"axis": "Size", "values": "4096x4096"})")),
              HasSubstr("pixels"));
  EXPECT_THAT(refuse(ErrorCode::kNotFound, {.kind = "compare", .request = R"({"request": {"enable_hr": true}, "axes":
      {"x": {"axis": "Hires upscaler", "values": "Latent,Lancsoz"}}})"}),
              HasSubstr("did you mean 'Lanczos'"));
  EXPECT_EQ(studio_->queue().counts().waiting, 0);
}

TEST_F(ComparisonRunTest, TellsBeforehandWhatItComesTo) {
  const auto outline = [this](const NewJob& job) { return studio_->outline_comparison(job.request); };
  const ComparisonOutline plan = outline(plot(kTwoByTwo));
  EXPECT_EQ(plan.cells, 4);
  EXPECT_EQ(plan.pictures, 4);
  EXPECT_EQ(plan.steps, 6);
  EXPECT_FALSE(plan.seconds);
  EXPECT_THAT(plan.axes[0].values, testing::ElementsAre("1", "2"));
  ASSERT_TRUE(plan.grid);
  EXPECT_GT(plan.grid->width, 128);

  const ComparisonOutline wrong =
      outline(plot(R"("x": {"axis": "Steps", "values": "1-"}, "y": {"axis": "Eta", "values": "0"})"));
  EXPECT_THAT(wrong.axes[0].error, HasSubstr("Steps"));
  EXPECT_THAT(wrong.axes[1].error, IsEmpty());
  EXPECT_EQ(wrong.pictures, 0);
  EXPECT_THAT(outline(plot(R"("x": {"axis": "Prompt S/R", "values": "dog,cat"})")).error, HasSubstr("neither prompt"));

  finished(plot(kTwoByTwo));
  EXPECT_TRUE(outline(plot(kTwoByTwo)).seconds);
}

TEST_F(ComparisonRunTest, TellsTheGridsSizeOfPicturesOfTheModelsOwnSizeAndOfEnlargedOnes) {
  const auto grid = [this](const std::string& members) {
    const std::string order = R"({"script": "plot", "request": {"prompt": "a cat", )" + members +
                              R"(}, "axes": {"x": {"axis": "Steps", "values": "1,2"}}, "options": {"legend": false}})";
    const auto size = studio_->outline_comparison(order).grid;
    return size ? std::to_string(size->width) + "x" + std::to_string(size->height) : "unknown";
  };
  EXPECT_EQ(grid(R"("width": 0, "height": 0)"), "1024x512");
  EXPECT_EQ(grid(R"("width": 0, "height": 0, "override_settings": {"sd_model_checkpoint": "Hajime"})"), "512x256");
  EXPECT_EQ(grid(R"("width": 64, "height": 128, "enable_hr": true, "hr_scale": 2)"), "256x256");
  const std::string point =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC";
  EXPECT_EQ(grid(R"("width": 0, "height": 0, "init_images": [")" + point + "\"]"), "unknown");
}

TEST_F(ComparisonRunTest, RepeatsWithTheSameAxes) {
  studio_->queue().pause();
  const Job stored = studio_->submit(plot(kTwoByTwo));
  const Job again = studio_->repeat(stored.id, true);
  EXPECT_EQ(again.kind, "compare");
  EXPECT_EQ(again.pictures_wanted, 5);
}

TEST_F(ComparisonRunTest, OtherJobsAreNoComparison) {
  studio_->queue().pause();
  const Job stored = studio_->submit({.request = R"({"prompt": "a"})"});
  tests::refusal(ErrorCode::kInvalidArgument, [&] { studio_->comparison_sheet(stored.id); });
}

}  // namespace
}  // namespace fude::service
