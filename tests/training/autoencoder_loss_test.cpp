#include "training/autoencoder_loss.h"

#include <gtest/gtest.h>

namespace fude::training {
namespace {

TEST(ReconstructionLoss, IsZeroForEqualPictures) {
  const at::Tensor image = at::randn({2, 3, 16, 16});
  EXPECT_EQ(reconstruction_loss(image, image, {}).loss.item<double>(), 0);
}

TEST(ReconstructionLoss, CountsALightnessErrorWithoutChroma) {
  const at::Tensor image = at::zeros({1, 3, 16, 16});
  const ShardLoss result = reconstruction_loss(image + 0.5, image, {});
  EXPECT_NEAR(result.metrics.at("l1"), 0.5, 1e-6);
  EXPECT_NEAR(result.metrics.at("low"), 0.5, 1e-6);
  EXPECT_NEAR(result.metrics.at("squared"), 0.25, 1e-6);
  EXPECT_NEAR(result.metrics.at("chroma"), 0, 1e-6);
  EXPECT_NEAR(result.metrics.at("gradient"), 0, 1e-6);
  EXPECT_NEAR(result.loss.item<double>(), 0.5 + 0.5 * 0.5 + 0.25, 1e-5);
}

TEST(ReconstructionLoss, SeesAWrongColourOfEqualLightness) {
  const at::Tensor image = at::zeros({1, 3, 16, 16});
  at::Tensor red = image.clone();
  red.select(1, 0).fill_(0.587);
  red.select(1, 1).fill_(-0.299);
  EXPECT_GT(reconstruction_loss(red, image, {}).metrics.at("chroma"), 0.1);
}

TEST(NormalDivergence, IsZeroForTheStandardNormalAndFollowsTheFormula) {
  EXPECT_NEAR(normal_divergence(at::zeros({3}), at::zeros({3})).item<double>(), 0, 1e-7);
  EXPECT_NEAR(normal_divergence(at::full({1}, 2.0), at::zeros({1})).item<double>(), 2, 1e-6);
}

}  // namespace
}  // namespace fude::training
