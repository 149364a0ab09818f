#include "diffusion/image_rng.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/support/golden.h"

namespace fude::diffusion {
namespace {

constexpr double kLatentScale = 8;  // pixels per latent cell in the golden file's sizes

ImageSeeds seeds_from(const nlohmann::json& entry) {
  ImageSeeds seeds;
  seeds.stream = entry.at("randn_source") == "NV" ? NoiseStream::kPhilox : NoiseStream::kTorchCpu;
  seeds.seeds = entry.at("seeds").get<std::vector<std::uint64_t>>();
  if (entry.contains("subseeds")) seeds.variation_seeds = entry.at("subseeds").get<std::vector<std::uint64_t>>();
  seeds.variation_strength = entry.value("subseed_strength", 0.0);
  seeds.resize_from_height = static_cast<std::int64_t>(entry.value("seed_resize_from_h", 0) / kLatentScale);
  seeds.resize_from_width = static_cast<std::int64_t>(entry.value("seed_resize_from_w", 0) / kLatentScale);
  seeds.seed_delta = entry.at("eta_noise_seed_delta").get<std::uint64_t>();
  return seeds;
}

TEST(ImageRng, DrawsEveryPublishedNoise) {
  const auto golden = tests::golden_tensors("sampling/noise.safetensors");
  const auto cases = tests::golden_json("sampling/noise.json").at("image_rng");
  ASSERT_EQ(cases.size(), 26U);
  for (const auto& entry : cases) {
    const auto shape = entry.at("shape").get<std::vector<std::int64_t>>();
    ImageRng rng(seeds_from(entry), shape[0], shape[1], shape[2]);
    const at::Tensor draws = at::stack({rng.next(), rng.next(), rng.next()});
    EXPECT_LT(tests::max_difference(draws, golden.tensor(entry.at("tensor"))), 5e-6) << entry.dump();
  }
}

TEST(ImageRng, GivesAnImageTheSameNoiseInAnyBatch) {
  ImageRng batch({.seeds = {7, 8, 9}}, 4, 6, 5);
  ImageRng alone({.seeds = {8}}, 4, 6, 5);
  for (int draw = 0; draw < 3; ++draw) EXPECT_TRUE(batch.next()[1].equal(alone.next()[0]));
}

TEST(ImageRng, RejectsSeedsThatDoNotFit) {
  EXPECT_THROW(ImageRng({}, 4, 8, 8), Error);
  EXPECT_THROW(ImageRng({.seeds = {1, 2}, .variation_seeds = {1}}, 4, 8, 8), Error);
  EXPECT_THROW(ImageRng({.seeds = {1}, .variation_strength = 0.5}, 4, 8, 8), Error);
  EXPECT_THROW(ImageRng({.seeds = {1}, .variation_seeds = {2}, .variation_strength = 1.5}, 4, 8, 8), Error);
  EXPECT_THROW(ImageRng({.seeds = {1}}, 4, 0, 8), Error);
}

TEST(CountSeeds, CountsSeedsUnlessAVariationIsMixedIn) {
  ImageSeeds seeds;
  count_seeds(seeds, 100, 5, 2, 2);
  EXPECT_THAT(seeds.seeds, testing::ElementsAre(102, 103));
  EXPECT_THAT(seeds.variation_seeds, testing::ElementsAre(7, 8));
  seeds.variation_strength = 0.1;
  count_seeds(seeds, 100, 5, 2, 2);
  EXPECT_THAT(seeds.seeds, testing::ElementsAre(100, 100));
  EXPECT_THAT(seeds.variation_seeds, testing::ElementsAre(7, 8));
}

}  // namespace
}  // namespace fude::diffusion
