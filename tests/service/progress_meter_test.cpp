#include "service/progress_meter.h"

#include <gtest/gtest.h>

namespace fude::service {
namespace {

using std::chrono::seconds;

class ProgressMeterTest : public testing::Test {
 protected:
  ProgressMeterTest() {
    meter_.begin({.id = 3, .task = "t", .started_at = 5, .pictures_wanted = 4});
    meter_.plan(4, 0, 4);
  }

  ProgressMeter meter_;
  ProgressMeter::Time start_ = {};
};

TEST_F(ProgressMeterTest, BeginsWithLoading) {
  const RunningState state = meter_.state();
  EXPECT_EQ(state.job, 3);
  EXPECT_EQ(state.task, "t");
  EXPECT_EQ(state.stage, "loading");
  EXPECT_EQ(state.pictures, 4);
  EXPECT_EQ(state.share, 0);
  EXPECT_LT(state.seconds_left, 0);
}

TEST_F(ProgressMeterTest, CountsStepsOfEachBatch) {
  meter_.count_steps(1, 40, start_);
  EXPECT_EQ(meter_.state().step, 1);
  EXPECT_EQ(meter_.state().steps, 10);
  EXPECT_EQ(meter_.state().stage, "sampling");
  EXPECT_NEAR(meter_.state().share, 1.0 / 40, 1e-9);
  meter_.count_steps(10, 40, start_);
  EXPECT_EQ(meter_.state().stage, "decoding");
  meter_.count_picture(start_);
  meter_.count_steps(11, 40, start_);
  EXPECT_EQ(meter_.state().step, 1);
  EXPECT_EQ(meter_.state().picture, 1);
}

TEST_F(ProgressMeterTest, ReckonsFromMeasuredSteps) {
  meter_.count_steps(1, 40, start_);
  EXPECT_LT(meter_.state().seconds_left, 0) << "one step tells nothing yet";
  meter_.count_steps(2, 40, start_ + seconds(2));
  EXPECT_NEAR(meter_.state().seconds_left, 38 * 2, 1e-6);
  for (int step = 3; step <= 10; ++step) meter_.count_steps(step, 40, start_ + seconds(2 * step - 2));
  meter_.count_picture(start_ + seconds(18 + 5));
  EXPECT_NEAR(meter_.state().seconds_left, 30 * 2 + 3 * 5, 1e-6);
}

TEST_F(ProgressMeterTest, GoesOnFromWhatAnEarlierRunMade) {
  meter_.plan(4, 3, 1);
  EXPECT_NEAR(meter_.state().share, 0.75, 1e-9);
  meter_.count_steps(5, 10, start_);
  EXPECT_NEAR(meter_.state().share, 0.875, 1e-9);
  EXPECT_EQ(meter_.state().picture, 3);
}

TEST_F(ProgressMeterTest, ForgetsTheJobAtItsEnd) {
  meter_.note_interrupt();
  EXPECT_TRUE(meter_.state().was_interrupted);
  meter_.end();
  EXPECT_FALSE(meter_.state().job);
  EXPECT_FALSE(meter_.state().was_interrupted);
}

}  // namespace
}  // namespace fude::service
