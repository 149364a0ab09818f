#include "diffusion/model_schedule.h"

#include <gmock/gmock.h>

#include <vector>

#include "core/error.h"
#include "tests/support/golden.h"

namespace fude::diffusion {
namespace {

at::Tensor as_tensor(std::span<const float> values) {
  return at::from_blob(const_cast<float*>(values.data()), {static_cast<std::int64_t>(values.size())}).clone();
}

class ModelScheduleTest : public testing::Test {
 protected:
  /// One published list, and what `convert` makes of another.
  template <typename Convert>
  double relative_difference(const std::string& input, const std::string& output, Convert convert) const {
    const at::Tensor in = golden_.tensor(input).to(at::kDouble), out = golden_.tensor(output).to(at::kDouble);
    double worst = 0;
    for (std::int64_t i = 0; i < in.numel(); ++i) {
      const double expected = out[i].item<double>();
      worst = std::max(worst, std::abs(convert(in[i].item<double>()) - expected) / std::max(1e-3, std::abs(expected)));
    }
    return worst;
  }

  io::TensorFile golden_ = tests::golden_tensors("sampling/schedules.safetensors");
  ModelSchedule schedule_ = ModelSchedule::stable_diffusion();
};

TEST_F(ModelScheduleTest, HasThePublishedLevelsToTheLastBit) {
  EXPECT_EQ(tests::max_difference(as_tensor(schedule_.alphas_cumprod()), golden_.tensor("model.alphas_cumprod")), 0.0);
  EXPECT_EQ(tests::max_difference(as_tensor(schedule_.sigmas()), golden_.tensor("model.sigmas")), 0.0);
}

TEST_F(ModelScheduleTest, ConvertsSigmasToFractionalTimesteps) {
  const auto convert = [&](double sigma) { return schedule_.timestep_from_sigma(sigma); };
  EXPECT_LT(relative_difference("sigma_to_t.sigma", "sigma_to_t.t", convert), 5e-6);
}

TEST_F(ModelScheduleTest, FindsTheNearestTimestep) {
  const auto convert = [&](double sigma) { return static_cast<double>(schedule_.nearest_timestep(sigma)); };
  EXPECT_EQ(relative_difference("sigma_to_t.sigma", "sigma_to_t.t_quantized", convert), 0.0);
}

TEST_F(ModelScheduleTest, ConvertsTimestepsToSigmas) {
  const auto convert = [&](double timestep) { return schedule_.sigma_from_timestep(timestep); };
  EXPECT_LT(relative_difference("t_to_sigma.t", "t_to_sigma.sigma", convert), 5e-6);
}

TEST_F(ModelScheduleTest, ClampsBeyondBothEnds) {
  EXPECT_EQ(schedule_.timestep_from_sigma(1e-6), 0.0);
  EXPECT_EQ(schedule_.timestep_from_sigma(1e6), 999.0);
  EXPECT_EQ(schedule_.sigma_from_timestep(-3.0), schedule_.sigma_from_timestep(0.0));
  EXPECT_EQ(schedule_.sigma_from_timestep(2000.0), schedule_.sigma_from_timestep(999.0));
}

TEST_F(ModelScheduleTest, EndsInNoiseAloneWhenAsked) {
  const ModelSchedule stretched = schedule_.with_zero_terminal_snr();
  EXPECT_EQ(stretched.size(), schedule_.size());
  EXPECT_NEAR(stretched.sigma_min(), schedule_.sigma_min(), 1e-6);
  EXPECT_NEAR(stretched.sigma_max(), 4518.76, 0.1);  // of arXiv:2305.08891's schedule in published programs
  EXPECT_NEAR(schedule_.sigma_max(), 14.6146, 1e-3);
}

TEST_F(ModelScheduleTest, ThinsToEveryFewLevelsAndKeepsTheTimesteps) {
  const ModelSchedule thin = schedule_.thinned(20);
  ASSERT_EQ(thin.size(), 50);
  EXPECT_EQ(thin.sigma_max(), schedule_.sigma_max());
  EXPECT_EQ(thin.sigma_min(), schedule_.sigmas()[19]);
  EXPECT_EQ(thin.first_timestep(), 19);
  EXPECT_EQ(thin.last_timestep(), 999);
  EXPECT_EQ(thin.nearest_timestep(schedule_.sigmas()[500]), 499);
  EXPECT_NEAR(thin.timestep_from_sigma(schedule_.sigmas()[499]), 499, 1e-3);
  EXPECT_NEAR(thin.sigma_from_timestep(499) / schedule_.sigmas()[499], 1, 1e-6);
  EXPECT_THROW(schedule_.thinned(7), Error);
  EXPECT_THROW(schedule_.thinned(1000), Error);
}

TEST(ModelSchedule, RejectsSignalThatDoesNotFall) {
  EXPECT_THROW(ModelSchedule({0.9F}), Error);
  EXPECT_THROW(ModelSchedule({0.5F, 0.6F}), Error);
  EXPECT_THROW(ModelSchedule({1.0F, 0.5F}), Error);
  EXPECT_THROW(ModelSchedule({0.5F, 0.0F}), Error);
}

}  // namespace
}  // namespace fude::diffusion
