#include "diffusion/guidance_shaping.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/golden.h"

namespace fude::diffusion {
namespace {

/// Two pictures of two channels of four values each; the second is the first times 10.
at::Tensor two_pictures() {
  const at::Tensor first = at::tensor({1.0, -1.0, 3.0, 5.0, 0.0, 2.0, -2.0, 4.0}).reshape({1, 2, 2, 2});
  return at::cat({first, first * 10});
}

double deviation(const at::Tensor& x) { return x.std().item<double>(); }

TEST(RescaleGuidance, BringsEveryPictureToItsOwnSpread) {
  const at::Tensor positive = two_pictures();
  const at::Tensor rescaled = rescale_guidance(positive * 4 + 1, positive, 1.0);
  for (const int64_t picture : {0, 1})
    EXPECT_NEAR(deviation(rescaled[picture]) / deviation(positive[picture]), 1.0, 1e-6);
}

TEST(RescaleGuidance, MixesByTheShare) {
  const at::Tensor positive = two_pictures(), guided = positive * 3;
  EXPECT_LT(tests::max_difference(rescale_guidance(guided, positive, 0.0), guided), 1e-6);
  EXPECT_LT(tests::max_difference(rescale_guidance(guided, positive, 0.5), positive * 2), 1e-5);
}

TEST(RescaleGuidance, LeavesAFlatPictureAsItIs) {
  const at::Tensor flat = at::ones({1, 4, 2, 2});
  EXPECT_TRUE(rescale_guidance(flat, flat, 0.7).equal(flat));
}

TEST(BlurAttended, BlursWhereAttentionIsHighOnly) {
  at::Tensor dots = at::zeros({1, 2, 8, 8});
  dots.select(2, 1).select(2, 1).fill_(1);
  dots.select(2, 6).select(2, 6).fill_(1);
  at::Tensor attention = at::zeros({1, 1, 2, 2});
  attention.select(2, 0).select(2, 0).fill_(1.5);
  const at::Tensor blurred = blur_attended(dots, attention, 1.0, 1.0);
  EXPECT_TRUE(blurred.narrow(2, 4, 4).equal(dots.narrow(2, 4, 4)));
  const at::Tensor corner = blurred.narrow(2, 0, 4).narrow(3, 0, 4);
  EXPECT_LT(corner.max().item<double>(), 0.5);
  EXPECT_GT(corner.min().item<double>(), 0.0);
  EXPECT_TRUE(blur_attended(dots, attention, 2.0, 1.0).equal(dots));
  EXPECT_TRUE(blur_attended(dots, attention, 1.0, 0.0).equal(dots));
}

TEST(BlurAttended, LeavesAFlatPictureFlat) {
  const at::Tensor flat = at::full({2, 4, 3, 5}, 0.7);
  EXPECT_LT(tests::max_difference(blur_attended(flat, at::full({2, 1, 1, 1}, 9.0), 1.0, 2.0), flat), 1e-5);
}

TEST(ScaleAt, MovesBetweenTheMinimumAndItself) {
  EXPECT_EQ(scale_at(ScaleMode::kConstant, 7, 3, 0.5), 7);
  EXPECT_EQ(scale_at(ScaleMode::kLinearDown, 7, 3, 0.0), 7);
  EXPECT_EQ(scale_at(ScaleMode::kLinearDown, 7, 3, 1.0), 3);
  EXPECT_EQ(scale_at(ScaleMode::kLinearUp, 7, 3, 0.25), 4);
  EXPECT_NEAR(scale_at(ScaleMode::kCosineDown, 7, 3, 1.0), 3, 1e-12);
  EXPECT_NEAR(scale_at(ScaleMode::kCosineUp, 7, 3, 1.0), 7, 1e-12);
  EXPECT_NEAR(scale_at(ScaleMode::kHalfCosineDown, 7, 3, 1.0), 3 + 4 * std::cos(1.0), 1e-12);
  EXPECT_NEAR(scale_at(ScaleMode::kHalfCosineUp, 7, 3, 0.0), 3, 1e-12);
}

class ThresholdGuidance : public ::testing::Test {
 protected:
  at::Tensor unguided_ = at::zeros({2, 2, 2, 2});
  at::Tensor difference_ = two_pictures();
  ThresholdOptions options_{.is_on = true, .mimic_scale = 2};

  at::Tensor guided(double scale) { return threshold_guidance(unguided_, difference_, scale, 0.5, options_); }
};

TEST_F(ThresholdGuidance, IsPlainGuidanceWhereTheMimicScaleIsTheSame) {
  EXPECT_LT(tests::max_difference(guided(2), difference_ * 2), 1e-5);
}

TEST_F(ThresholdGuidance, ShrinksToTheSpreadOfTheMimicScaleAroundTheMean) {
  // The mean stays that of scale 6, the distances from it become those of scale 2.
  const at::Tensor means = difference_.mean(at::IntArrayRef{2, 3}, true);
  const at::Tensor expected = (difference_ - means) * 2 + means * 6;
  EXPECT_LT(tests::max_difference(guided(6), expected), 1e-4);
  options_.measure = SpreadMeasure::kDeviation;
  EXPECT_LT(tests::max_difference(guided(6), expected), 1e-4);
}

TEST_F(ThresholdGuidance, ShrinksToZeroWhenAsked) {
  options_.start = ThresholdStart::kZero;
  EXPECT_LT(tests::max_difference(guided(6), difference_ * 2), 1e-4);
}

TEST_F(ThresholdGuidance, CutsWhatIsBeyondThePercentile) {
  options_.percentile = 0.5;
  options_.mimic_scale = 0.5;
  // Distances from the mean 12 of the first channel at scale 6: 6, 18, 6, 18. Half of them fit within 12.
  const at::Tensor first = guided(6)[0][0].flatten();
  EXPECT_NEAR(first[3].item<double>(), 12 + 1.5, 1e-4);  // cut to 12, then shrunk to 1.5
  EXPECT_NEAR(first[2].item<double>(), 12 + 6 * 1.5 / 12, 1e-4);
}

TEST_F(ThresholdGuidance, MeasuresChannelsTogetherWhenAsked) {
  options_.separates_channels = false;
  const at::Tensor means = difference_.mean(at::IntArrayRef{1, 2, 3}, true);
  EXPECT_LT(tests::max_difference(guided(6), (difference_ - means) * 2 + means * 6), 1e-3);
}

TEST_F(ThresholdGuidance, MixesByTheShareAndFollowsTheModes) {
  options_.share = 0;
  EXPECT_LT(tests::max_difference(guided(6), difference_ * 6), 1e-4);
  options_.guidance_mode = ScaleMode::kLinearDown;
  options_.guidance_minimum = 2;
  EXPECT_LT(tests::max_difference(guided(6), difference_ * 4), 1e-4);
}

TEST_F(ThresholdGuidance, TreatsEveryPictureByItself) {
  const at::Tensor both = guided(6);
  unguided_ = unguided_.narrow(0, 1, 1);
  difference_ = difference_.narrow(0, 1, 1);
  EXPECT_TRUE(guided(6).equal(both.narrow(0, 1, 1)));
}

}  // namespace
}  // namespace fude::diffusion
