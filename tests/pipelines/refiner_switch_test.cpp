#include "pipelines/refiner_switch.h"

#include <gtest/gtest.h>

namespace fude::pipelines {
namespace {

class RefinerSwitch : public ::testing::Test {
 protected:
  diffusion::ModelSchedule schedule_ = diffusion::ModelSchedule::stable_diffusion();
  GenerationRequest request_;

  bool is_due_at(int timestep) {
    return is_refiner_due(request_, schedule_, {.sigma = schedule_.sigma_from_timestep(timestep)});
  }
};

TEST_F(RefinerSwitch, ComesAtTheLevelThatTheShareStandsFor) {
  request_.refiner_switch_at = 0.8;
  EXPECT_FALSE(is_due_at(200));
  EXPECT_TRUE(is_due_at(199));
  EXPECT_TRUE(is_due_at(0));
}

TEST_F(RefinerSwitch, NeverComesAtTheShareOfOne) {
  request_.refiner_switch_at = 1;
  EXPECT_FALSE(is_due_at(0));
}

TEST_F(RefinerSwitch, CountsCallsWhenAsked) {
  request_.refiner_switch_at = 0.5;
  request_.refiner_switch_by_sample_steps = true;
  const double sigma = schedule_.sigma_max();
  EXPECT_FALSE(is_refiner_due(request_, schedule_, {.call = 4, .total_calls = 10, .sigma = sigma}));
  EXPECT_TRUE(is_refiner_due(request_, schedule_, {.call = 5, .total_calls = 10, .sigma = sigma}));
}

TEST_F(RefinerSwitch, TakesSigmasBeyondTheModelsForItsLast) {
  EXPECT_EQ(completed_share(request_, schedule_, {.sigma = 1000}), 0);
  EXPECT_DOUBLE_EQ(completed_share(request_, schedule_, {.sigma = 1e-4}), 0.999);
}

}  // namespace
}  // namespace fude::pipelines
