#include "pipelines/comparison/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "pipelines/comparison/cell_files.h"
#include "pipelines/comparison/comparison.h"
#include "tests/support/models_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::pipelines::comparison {
namespace {

using testing::ElementsAre, testing::HasSubstr, testing::IsEmpty;

class RunCells : public testing::Test {
 protected:
  RunCells() { folder_.add(tests::tiny_model("micro-sd1"), "Stable-diffusion/micro.safetensors"); }

  static Comparison plan(const std::string& x, const std::string& y) {
    GenerationRequest request;
    request.prompt = "girl";
    request.model = "micro";
    request.width = request.height = 64;
    request.steps = 2;
    request.seed = 5;
    normalise(request);
    return plan_comparison(request, {read_axis_text(x), read_axis_text(y), AxisChoice{}}, {}, {});
  }

  // Loads what a request asks for, each time anew.
  RunEvents events() {
    return {
        .model = [this](const GenerationRequest& request) -> PictureModel& {
          models_.push_back(request.model);
          model_.emplace(load_picture_model(library_, request, prepare_engine({.device = "cpu", .precision = "fp32"})));
          return *model_;
        },
        .keep =
            [this](std::size_t cell, const FinishedPicture&, const StageSeconds&) {
              kept_.push_back(cell);
              return "picture " + std::to_string(cell);
            },
        .on_failure = [this](std::size_t cell, const std::string&) { failed_.push_back(cell); }};
  }

  tests::ModelsFolder folder_;
  ModelLibrary library_ = ModelLibrary::of_data_dir(folder_.data_dir());
  std::optional<PictureModel> model_;
  std::vector<std::string> models_;
  std::vector<std::size_t> kept_, failed_;
};

TEST_F(RunCells, MakesEveryCellAndTellsHowFarItIs) {
  const Comparison comparison = plan("Steps=1,2", "Seed=5,6");
  RunEvents events = this->events();
  std::vector<std::int64_t> done;
  events.on_progress = [&](const RunProgress& progress) {
    EXPECT_EQ(progress.total, 6);
    done.push_back(progress.done);
  };
  const RunOutcome outcome = run_cells(comparison.cells, comparison.order, events);
  EXPECT_TRUE(outcome.is_complete);
  EXPECT_THAT(kept_, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(done, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(outcome.results[3].request.seed, 6);
  EXPECT_EQ(outcome.results[3].picture->width, 64);
  EXPECT_THAT(outcome.results[3].infotext, HasSubstr("Steps: 2"));
  EXPECT_THAT(outcome.results[3].files, ElementsAre("picture 3"));
}

TEST_F(RunCells, ACellThatFailsLeavesItsMessageAndTheNextIsMade) {
  const Comparison comparison = plan("Checkpoint name=missing,micro", "Steps=1,2");
  const RunOutcome outcome = run_cells(comparison.cells, comparison.order, events());
  EXPECT_TRUE(outcome.is_complete);
  EXPECT_THAT(models_, ElementsAre("missing", "missing", "micro", "micro"));
  EXPECT_THAT(failed_, ElementsAre(0, 2));
  EXPECT_THAT(outcome.results[0].error, HasSubstr("missing"));
  EXPECT_FALSE(outcome.results[0].picture);
  EXPECT_TRUE(outcome.results[3].picture);
  EXPECT_THROW(check_files(library_, comparison.cells), Error);
}

TEST_F(RunCells, CancellingKeepsWhatIsDone) {
  const Comparison comparison = plan("Steps=2,2,2", "Seed=5");
  RunEvents events = this->events();
  events.on_progress = [&](const RunProgress& progress) {
    if (progress.cell == 1) fail(ErrorCode::kCancelled, "enough");
  };
  const RunOutcome outcome = run_cells(comparison.cells, comparison.order, events);
  EXPECT_FALSE(outcome.is_complete);
  EXPECT_TRUE(outcome.results[0].picture);
  EXPECT_FALSE(outcome.results[1].picture);
  EXPECT_THAT(outcome.results[1].error, IsEmpty());
  EXPECT_THAT(failed_, IsEmpty());
}

TEST_F(RunCells, EndingTheJobKeepsTheUnfinishedPicture) {
  const Comparison comparison = plan("Steps=2,2", "Seed=5");
  RunEvents events = this->events();
  int asked = 0;
  events.continuation = [&] { return ++asked > 3 ? Continuation::kEndJob : Continuation::kGoOn; };
  const RunOutcome outcome = run_cells(comparison.cells, comparison.order, events);
  EXPECT_FALSE(outcome.is_complete);
  EXPECT_TRUE(outcome.results[0].picture);
  EXPECT_FALSE(outcome.results[1].picture);
}

TEST_F(RunCells, WhatKeepingThrowsEndsTheWork) {
  const Comparison comparison = plan("Steps=1,2", "Seed=5");
  RunEvents events = this->events();
  events.keep = [](std::size_t, const FinishedPicture&, const StageSeconds&) -> std::string {
    fail(ErrorCode::kOutOfResources, "the disk is full");
  };
  EXPECT_THROW(run_cells(comparison.cells, comparison.order, events), Error);
  EXPECT_THAT(failed_, IsEmpty());
}

}  // namespace
}  // namespace fude::pipelines::comparison
