#include "training/stage.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::training {
namespace {

/// Counts its steps.
class Counter : public Trainable {
 public:
  Metrics step(const StepPlace& place) override {
    last = place;
    steps += 1;
    return {{"loss", static_cast<double>(place.step)}};
  }
  void save(NamedTensors& state) const override { state["steps"] = at::full({1}, steps, at::kLong); }
  void load(const NamedTensors& state) override { steps = entry(state, "steps", {1}).item<std::int64_t>(); }
  at::Tensor samples() override { return at::zeros({1, 2, 2, 3}, at::kByte); }
  std::int64_t sample_columns() const override { return 1; }

  StepPlace last;
  std::int64_t steps = 0;
};

class StageTest : public testing::Test {
 protected:
  bool run(Counter& counter, std::int64_t steps, std::int64_t stop_after = -1) {
    Cancellation cancellation;
    const StageConfig config{.name = "count", .steps = steps, .log_steps = 2, .rate = {.warmup_steps = 0, .hold = 0.5}};
    return run_stage(config, counter, folder_.path(), cancellation, [&](const StageProgress& progress) {
      if (progress.step == stop_after) cancellation.request();
    });
  }

  tests::TemporaryFolder folder_;
};

TEST_F(StageTest, RunsItsStepsWithProgressAndFallingRate) {
  Counter counter;
  EXPECT_TRUE(run(counter, 4));
  EXPECT_EQ(counter.steps, 4);
  EXPECT_EQ(counter.last.step, 3);
  EXPECT_DOUBLE_EQ(counter.last.progress, 0.75);
  EXPECT_DOUBLE_EQ(counter.last.rate_factor, 0.5);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "count-sheets/000004.png"));
}

TEST_F(StageTest, GoesOnFromItsCheckpointAndDoesNothingWhenFinished) {
  Counter first, second, third;
  EXPECT_FALSE(run(first, 4, /*stop_after=*/1));
  EXPECT_TRUE(run(second, 4));
  EXPECT_EQ(second.steps, 4);
  EXPECT_TRUE(run(third, 4));
  EXPECT_EQ(third.last.step, 0);
  EXPECT_TRUE(run(third, 6));
  EXPECT_EQ(third.steps, 6);
}

TEST_F(StageTest, LogsTheMeanOfSeveralSteps) {
  Counter counter;
  run(counter, 4);
  std::ifstream log(folder_ / "count.jsonl");
  std::string first, second;
  std::getline(log, first);
  std::getline(log, second);
  EXPECT_NE(first.find("\"step\": 2"), std::string::npos) << first;
  EXPECT_NE(first.find("\"loss\": 0.5"), std::string::npos) << first;
  EXPECT_NE(second.find("\"loss\": 2.5"), std::string::npos) << second;
}

TEST_F(StageTest, RefusesABudgetOfNothing) {
  Counter counter;
  EXPECT_NE(tests::refusal(ErrorCode::kInvalidArgument, [&] { run(counter, 0); }).find("neither minutes nor steps"),
            std::string::npos);
}

}  // namespace
}  // namespace fude::training
