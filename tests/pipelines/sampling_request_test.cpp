#include "pipelines/sampling_request.h"

#include <gtest/gtest.h>

#include <limits>

namespace fude::pipelines {
namespace {

models::StableDiffusionConfig config_with_vector(std::int64_t width) {
  models::StableDiffusionConfig config;
  config.unet.vector_dim = width;
  return config;
}

std::vector<double> sigmas(const char* schedule, const models::StableDiffusionConfig& config,
                           const GenerationRequest& request = {}) {
  return diffusion::sampling_sigmas(diffusion::resolve_sampler("Euler", schedule),
                                    diffusion::ModelSchedule::stable_diffusion(), 11, schedule_options(request, config),
                                    false);
}

TEST(ScheduleOptions, AlignTheStepsOfTheModelsFamily) {
  const std::vector<double> sd1 = sigmas("Align Your Steps", config_with_vector(0));
  const std::vector<double> sdxl = sigmas("Align Your Steps", config_with_vector(2816));
  EXPECT_NEAR(sd1[1], 6.475, 1e-3);  // the published lists' second levels
  EXPECT_NEAR(sdxl[1], 6.315, 1e-3);
}

TEST(ScheduleOptions, ShapeTheBetaSchedule) {
  GenerationRequest request;
  const std::vector<double> usual = sigmas("Beta", config_with_vector(0), request);
  request.beta_alpha = 0.4;
  const std::vector<double> other_alpha = sigmas("Beta", config_with_vector(0), request);
  request.beta_alpha = 0.6;
  request.beta_beta = 0.4;
  EXPECT_NE(other_alpha, usual);
  EXPECT_NE(sigmas("Beta", config_with_vector(0), request), usual);
  EXPECT_NE(sigmas("Beta", config_with_vector(0), request), other_alpha);
}

TEST(SamplerOptions, TakeATopOfZeroForNone) {
  GenerationRequest request;
  const auto& euler = diffusion::resolve_sampler("Euler", "Automatic").sampler;
  EXPECT_EQ(sampler_options(request, euler).churn_max, std::numeric_limits<double>::infinity());
  request.s_tmax = 5;
  EXPECT_EQ(sampler_options(request, euler).churn_max, 5);
}

TEST(BatchSeeds, CountOnFromTheFirstPicture) {
  GenerationRequest request;
  request.seed = 10;
  request.subseed = 20;
  request.batch_size = 2;
  EXPECT_EQ(batch_seeds(request, 4).seeds, (std::vector<std::uint64_t>{14, 15}));
  request.subseed_strength = 0.5;
  EXPECT_EQ(batch_seeds(request, 4).seeds, (std::vector<std::uint64_t>{10, 10})) << "variations of one picture";
  EXPECT_EQ(batch_seeds(request, 4).variation_seeds, (std::vector<std::uint64_t>{24, 25}));
}

TEST(BatchSeeds, PasteNoiseOfAnotherSizeOnlyWhenBothSidesAreGiven) {
  GenerationRequest request;
  request.seed_resize_from_w = 512;
  EXPECT_EQ(batch_seeds(request, 0).resize_from_width, 0);
  request.seed_resize_from_h = 768;
  EXPECT_EQ(batch_seeds(request, 0).resize_from_width, 64);
  EXPECT_EQ(batch_seeds(request, 0).resize_from_height, 96);
}

}  // namespace
}  // namespace fude::pipelines
