#include "pipelines/generation_request.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"

namespace fude::pipelines {
namespace {

TEST(ApiRequest, HasTheApiDefaults) {
  const GenerationRequest request = api_request();
  EXPECT_EQ(request.steps, 50);
  EXPECT_EQ(request.sampler, "Euler");
  EXPECT_EQ(request.width, 512);
  EXPECT_EQ(request.cfg_scale, 7.0);
}

TEST(Normalise, SplitsJoinedSamplerNamesAndSpellsThemAsKnown) {
  GenerationRequest request;
  request.sampler = "dpm++ sde karras";
  request.vae = "auto";
  normalise(request);
  EXPECT_EQ(request.sampler, "DPM++ SDE");
  EXPECT_EQ(request.scheduler, "Karras");
  EXPECT_EQ(request.vae, "Automatic");
}

TEST(Normalise, RefusesMembersOutOfRange) {
  const auto refuses = [](auto change) {
    GenerationRequest request;
    change(request);
    EXPECT_THROW(normalise(request), Error);
  };
  refuses([](GenerationRequest& r) { r.steps = 0; });
  refuses([](GenerationRequest& r) { r.width = 512; });
  refuses([](GenerationRequest& r) { r.cfg_scale = std::nan(""); });
  refuses([](GenerationRequest& r) { r.prompt = std::string(kLongestPrompt + 1, 'a'); });
  refuses([](GenerationRequest& r) { r.negative_template = std::string(kLongestPrompt + 1, 'a'); });
  refuses([](GenerationRequest& r) { r.lora_hashes = std::string(kLongestPrompt + 1, 'a'); });
  refuses([](GenerationRequest& r) { r.model = std::string(kLongestName + 1, 'a'); });
  refuses([](GenerationRequest& r) { r.styles.resize(kMostStyles + 1, "s"); });
  refuses([](GenerationRequest& r) { r.extra.resize(kMostExtraTexts + 1, {"k", "v"}); });
  refuses([](GenerationRequest& r) { r.prompt = "caf\xE9"; });
  refuses([](GenerationRequest& r) { r.sigma_min = 10, r.sigma_max = 1; });
  refuses([](GenerationRequest& r) { r.scheduler = "fast"; });
}

TEST(ResolveSeeds, ReplacesOnlyRandomOnes) {
  GenerationRequest request;
  request.seed = 5;
  resolve_seeds(request);
  EXPECT_EQ(request.seed, 5);
  EXPECT_GE(request.subseed, 0);
  EXPECT_LT(request.subseed, 4294967294);
}

TEST(RequestOfImage, CountsTheSeedUpUnlessThereIsVariation) {
  GenerationRequest request;
  request.seed = 100;
  request.subseed = 7;
  EXPECT_EQ(request_of_image(request, 3).seed, 103);
  EXPECT_EQ(request_of_image(request, 3).subseed, 10);
  request.subseed_strength = 0.1;
  EXPECT_EQ(request_of_image(request, 3).seed, 100);
  EXPECT_EQ(request_of_image(request, 3).subseed, 10);
}

TEST(RequestOfImage, NeverOverflows) {
  GenerationRequest request;
  request.seed = std::numeric_limits<std::int64_t>::max();
  request.subseed = 0;
  EXPECT_EQ(request_of_image(request, 1).seed, std::numeric_limits<std::int64_t>::min());
}

}  // namespace
}  // namespace fude::pipelines
