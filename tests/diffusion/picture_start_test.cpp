#include "diffusion/picture_start.h"

#include <gtest/gtest.h>

#include <cmath>

namespace fude::diffusion {
namespace {

const ModelSchedule kModel = ModelSchedule::stable_diffusion();

TailLevels tail(const char* sampler, const PictureStart& start) {
  return tail_levels(resolve_sampler(sampler), kModel, start);
}

TEST(TailLevels, HaveOneStepMoreThanTheStrengthsShare) {
  const auto steps = [](double strength) {
    return tail("Euler", {.steps = 20, .strength = strength}).sigmas.size() - 1;
  };
  EXPECT_EQ(steps(0.75), 16u);
  EXPECT_EQ(steps(1), 20u);
  EXPECT_EQ(steps(0.5), 11u);
  EXPECT_EQ(steps(0), 1u);
}

TEST(TailLevels, AreExactlyAsManyAsAskedFor) {
  const TailLevels levels = tail("Euler", {.steps = 20, .strength = 0.4, .is_exact = true});
  EXPECT_EQ(levels.sigmas.size(), 21u);
  EXPECT_EQ(levels.all.size(), 51u);
  EXPECT_EQ(levels.sigmas.back(), 0);
  EXPECT_EQ(tail("Euler", {.steps = 20, .strength = 0, .is_exact = true}).steps, 0);
}

TEST(TailLevels, OfTimestepsBeginOneBelowTheNoise) {
  const TailLevels levels = tail("DDIM", {.steps = 8, .strength = 0.5});
  EXPECT_EQ(levels.sigmas.size(), 4u);
  EXPECT_GT(levels.noise_sigma, levels.sigmas.front());
  EXPECT_EQ(levels.noise_sigma, kModel.sigmas()[4 * 125 + 1]);
  EXPECT_EQ(tail("UniPC", {.steps = 8, .strength = 0.5}).sigmas.size(), 5u);
  EXPECT_TRUE(tail("UniPC", {.steps = 8, .strength = 0}).sigmas.empty());
}

TEST(NoisedLatent, HasTheNoiseOfTheFirstLevel) {
  const at::Tensor latent = at::full({1, 1, 1, 1}, 2.0F), noise = at::ones({1, 1, 1, 1});
  const TailLevels levels = tail("Euler", {.steps = 20, .strength = 0.5});
  const auto sigma = static_cast<float>(levels.sigmas.front());
  const SamplerChoice euler = resolve_sampler("Euler"), ddim = resolve_sampler("DDIM");
  EXPECT_FLOAT_EQ(noised_latent(euler, levels, latent, noise).item<float>(), 2 + sigma);
  EXPECT_FLOAT_EQ(noised_latent(euler, levels, latent, noise, 0.1).item<float>(), 2 + sigma + 0.1F);
  // Without any step what comes out is the variance-preserving latent.
  const TailLevels none = tail("DDIM", {.steps = 8, .strength = 0});
  const double a = kModel.alphas_cumprod()[1];
  EXPECT_NEAR(noised_latent(ddim, none, latent, noise).item<double>(), 2 * std::sqrt(a) + std::sqrt(1 - a), 1e-6);
}

}  // namespace
}  // namespace fude::diffusion
