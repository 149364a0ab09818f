#include "diffusion/guidance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace fude::diffusion {
namespace {

// A network whose "noise" is its context's first number, so that every term of the formula can be read off.
at::Tensor first_number(const at::Tensor& x, const at::Tensor&, const Conditioning& conditioning) {
  return conditioning.context.select(2, 0).select(1, 0).reshape({-1, 1, 1, 1}).expand_as(x).to(x.scalar_type());
}

Conditioning context_of(double value, int64_t tokens = 2) { return {.context = at::full({1, tokens, 3}, value)}; }

class Guidance : public ::testing::Test {
 protected:
  ModelSchedule schedule_ = ModelSchedule::stable_diffusion();
  Contexts contexts_{.positive = {{.weight = 1, .conditioning = context_of(3)}}, .negative = context_of(1)};
  std::vector<int64_t> batches_;  // of every network call

  GuidedDenoiser denoiser(GuidanceOptions options) {
    return GuidedDenoiser(
        [this](const at::Tensor& x, const at::Tensor& t, const Conditioning& conditioning) {
          batches_.push_back(x.size(0));
          return first_number(x, t, conditioning);
        },
        schedule_, [this](int) { return contexts_; }, options);
  }

  double guided(GuidanceOptions options, double sigma = 2) {
    GuidedDenoiser denoise = denoiser(options);
    return denoise(at::zeros({1, 4, 2, 2}), sigma)[0][0][0][0].item<double>();
  }
};

TEST_F(Guidance, MovesFromTheNegativeToThePrompt) {
  // Predictions of x0 are -sigma * 3 and -sigma * 1.
  EXPECT_NEAR(guided({.scale = 7}), -2 * (1 + (3 - 1) * 7), 1e-4);
  EXPECT_EQ(batches_, (std::vector<int64_t>{2}));
}

TEST_F(Guidance, ReadsVelocitiesWhenTheNetworkPredictsThem) {
  // x0 = x / (1 + sigma^2) - v * sigma / sqrt(1 + sigma^2), at x = 0 and scale 1: v is the prompt's 3.
  EXPECT_NEAR(guided({.scale = 1, .prediction = PredictionType::kV}, 2), -3 * 2 / std::sqrt(5.0), 1e-5);
}

TEST_F(Guidance, AddsEveryPartByItsWeight) {
  contexts_.positive = {{.weight = 1, .conditioning = context_of(3)}, {.weight = -0.5, .conditioning = context_of(5)}};
  EXPECT_NEAR(guided({.scale = 2}), -2 * (1 + (3 - 1) * 2 + (5 - 1) * 2 * -0.5), 1e-4);
  EXPECT_EQ(batches_, (std::vector<int64_t>{3}));
}

TEST_F(Guidance, RunsContextsOfUnequalLengthApart) {
  contexts_.positive = {{.weight = 1, .conditioning = context_of(3, 4)}};
  EXPECT_NEAR(guided({.scale = 7}), -2 * (1 + (3 - 1) * 7), 1e-4);
  EXPECT_EQ(batches_, (std::vector<int64_t>{1, 1}));
}

TEST_F(Guidance, GivesTheSameWhenContextsAreNotBatched) {
  EXPECT_NEAR(guided({.scale = 7, .batches_contexts = false}), -2 * (1 + (3 - 1) * 7), 1e-4);
  EXPECT_EQ(batches_, (std::vector<int64_t>{1, 1}));
}

TEST_F(Guidance, CallsTheNetworkForEachPictureWhenTheyAreSeparate) {
  const at::Tensor x = at::arange(3.0F).view({3, 1, 1, 1}).expand({3, 4, 2, 2});
  GuidedDenoiser together = denoiser({.scale = 7, .keeps_unguided = true});
  const at::Tensor expected = together(x, 2);
  EXPECT_EQ(batches_, (std::vector<int64_t>{6}));
  batches_.clear();
  GuidedDenoiser apart = denoiser({.scale = 7, .separates_pictures = true, .keeps_unguided = true});
  EXPECT_TRUE(apart(x, 2).equal(expected));
  EXPECT_TRUE(apart.unguided().equal(together.unguided()));
  EXPECT_EQ(batches_, (std::vector<int64_t>{2, 2, 2}));
  EXPECT_EQ(apart.calls(), 1);
}

TEST_F(Guidance, SparesTheNegativeAtScaleOne) {
  EXPECT_NEAR(guided({.scale = 1}), -2 * 3, 1e-4);
  EXPECT_EQ(batches_, (std::vector<int64_t>{1}));
}

TEST_F(Guidance, ThresholdsAndRescalesWhatItCombines) {
  // All values of a picture are the same here, so that thresholding has nothing to shrink but follows the moving scale.
  GuidedDenoiser denoise = denoiser(
      {.scale = 7,
       .threshold = {.is_on = true, .mimic_scale = 7, .guidance_mode = ScaleMode::kLinearDown, .guidance_minimum = 1},
       .total_calls = 3});
  const at::Tensor x = at::zeros({1, 4, 2, 2});
  for (const double scale : {7.0, 4.0, 1.0})
    EXPECT_NEAR(denoise(x, 2)[0][0][0][0].item<double>(), -2 * (1 + (3 - 1) * scale), 1e-4);

  // Over a latent that varies, the rescaled spread is that of the prompt's own prediction.
  const at::Tensor waves = at::sin(at::arange(16, at::kFloat)).reshape({1, 4, 2, 2});
  const auto spread = [&](double scale, double rescale) {
    GuidedDenoiser varied(
        [&](const at::Tensor& input, const at::Tensor& t, const auto& words) {
          return first_number(input, t, words) * waves.repeat({2, 1, 1, 1});
        },
        schedule_, [this](int) { return contexts_; }, {.scale = scale, .rescale = rescale});
    return varied(x, 2).std().item<double>();
  };
  EXPECT_NEAR(spread(7, 1), spread(1.0001, 0), 1e-3);
  EXPECT_GT(spread(7, 0), 3 * spread(7, 1));
}

TEST_F(Guidance, GoesAwayFromWhatSpoiledAttentionGives) {
  const auto spoiled = [](const at::Tensor& x, const at::Tensor& t, const Conditioning& words) {
    return first_number(x, t, words) * 0.5;
  };
  // Predictions are -2 * 3, and -2 * 1.5 when spoiled.
  EXPECT_NEAR(guided({.scale = 1, .perturbed_scale = 4, .perturbed = spoiled}), -2 * 3 + (-2 * 3 + 2 * 1.5) * 4, 1e-4);
}

TEST_F(Guidance, GoesAwayFromWhatBlurredPlacesGive) {
  // A network that finds more noise where the latent is bright.
  const auto network = [](const at::Tensor& x, const at::Tensor&, const Conditioning&) { return x * 0.25; };
  at::Tensor x = at::zeros({1, 4, 8, 8});
  x.select(2, 3).select(2, 3).fill_(8);
  const auto denoised = [&](double scale, double attention) {
    GuidedDenoiser denoise(network, schedule_, [this](int) { return contexts_; },
                           {.scale = 7, .self_attention_scale = scale, .attention_map = [attention] {
                              return at::full({2, 1, 2, 2}, attention);
                            }});
    return denoise(x, 2);
  };
  const at::Tensor plain = denoised(0, 2.0);
  EXPECT_FALSE(denoised(1, 2.0).equal(plain));
  // Nothing is blurred where nothing is attended to: what is gone away from is the prediction itself.
  EXPECT_LT((denoised(1, 0.5) - plain).abs().max().item<double>(), 1e-5);
}

TEST_F(Guidance, KeepsTheUnguidedHalfWhenAsked) {
  GuidedDenoiser denoise = denoiser({.scale = 1, .keeps_unguided = true});
  denoise(at::zeros({1, 4, 2, 2}), 2);
  EXPECT_NEAR(denoise.unguided()[0][0][0][0].item<double>(), -2 * 1, 1e-5);
  EXPECT_EQ(batches_, (std::vector<int64_t>{2}));
}

TEST_F(Guidance, BlendsConsistencyModelsIntoTheirInput) {
  EXPECT_EQ(consistency_blend(0).denoised, 0.0);
  EXPECT_EQ(consistency_blend(0).x, 1.0);
  EXPECT_NEAR(consistency_blend(0.1).x, 0.25 / 1.25, 1e-12);
  EXPECT_NEAR(consistency_blend(0.1).denoised, 1 / std::sqrt(1.25), 1e-12);
  // At the cleanest level they are distilled to, hardly anything of it is left.
  EXPECT_NEAR(guided({.scale = 7, .is_consistency_model = true}), guided({.scale = 7}), 1e-3);
  // At the model's cleanest level the input itself comes back.
  EXPECT_EQ(guided({.scale = 7, .is_consistency_model = true}, schedule_.sigma_min()), 0.0);
}

TEST_F(Guidance, LeavesTheNegativeOutOnOddCallsBelowTheSigma) {
  GuidedDenoiser denoise = denoiser({.scale = 7, .min_uncond_sigma = 4});
  const at::Tensor x = at::zeros({1, 4, 2, 2});
  for (const double sigma : {5.0, 5.0, 2.0, 2.0}) denoise(x, sigma);
  EXPECT_EQ(batches_, (std::vector<int64_t>{2, 2, 2, 1}));
  EXPECT_EQ(denoise.calls(), 4);
}

TEST_F(Guidance, LeavesTheNegativeOutEarlyWhenAsked) {
  GuidedDenoiser denoise = denoiser({.scale = 7, .skip_early_fraction = 0.5, .total_calls = 4});
  const at::Tensor x = at::zeros({1, 4, 2, 2});
  for (int call = 0; call < 4; ++call) denoise(x, 2);
  EXPECT_EQ(batches_, (std::vector<int64_t>{1, 1, 1, 2}));
}

TEST_F(Guidance, GivesEveryPictureTheVectorOfItsWords) {
  contexts_.positive.front().conditioning.vector = at::full({1, 2}, 7.0);
  contexts_.negative.vector = at::full({1, 2}, 8.0);
  at::Tensor seen;
  GuidedDenoiser denoise(
      [&](const at::Tensor& x, const at::Tensor&, const Conditioning& conditioning) {
        seen = conditioning.vector;
        return at::zeros_like(x);
      },
      schedule_, [this](int) { return contexts_; }, {});
  denoise(at::zeros({2, 4, 2, 2}), 1);
  EXPECT_TRUE(seen.equal(at::tensor({7.0F, 7.0F, 7.0F, 7.0F, 8.0F, 8.0F, 8.0F, 8.0F}).view({4, 2})));
}

TEST_F(Guidance, AsksForTheContextsOfEachCall) {
  std::vector<int> calls;
  GuidedDenoiser denoise(first_number, schedule_,
                         [&](int call) {
                           calls.push_back(call);
                           return contexts_;
                         },
                         {});
  for (int call = 0; call < 3; ++call) denoise(at::zeros({1, 4, 2, 2}), 1);
  EXPECT_EQ(calls, (std::vector<int>{0, 1, 2}));
}

TEST_F(Guidance, ScalesTheInputAndTellsTheTimestep) {
  at::Tensor seen_x, seen_t;
  GuidedDenoiser denoise(
      [&](const at::Tensor& x, const at::Tensor& t, const Conditioning&) {
        seen_x = x;
        seen_t = t;
        return at::zeros_like(x);
      },
      schedule_, [this](int) { return contexts_; }, {.scale = 1});
  const double sigma = schedule_.sigma_from_timestep(500);
  denoise(at::full({1, 4, 2, 2}, 2.0), sigma);
  EXPECT_NEAR(seen_x[0][0][0][0].item<double>(), 2 / std::sqrt(sigma * sigma + 1), 1e-6);
  EXPECT_NEAR(seen_t[0].item<double>(), 500, 1e-3);
}

}  // namespace
}  // namespace fude::diffusion
