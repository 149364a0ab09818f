#include "diffusion/brownian_tree.h"

#include <gmock/gmock.h>

#include <array>

#include "core/error.h"
#include "tests/support/golden.h"

namespace fude::diffusion {
namespace {

TEST(BrownianNoise, GivesEveryPublishedStep) {
  const auto golden = tests::golden_tensors("sampling/noise.safetensors");
  const auto cases = tests::golden_json("sampling/noise.json").at("brownian");
  ASSERT_EQ(cases.size(), 6U);
  for (const auto& entry : cases) {
    const auto shape = entry.at("shape").get<std::vector<std::int64_t>>();
    // The published sigmas are float32.
    const std::array<double, 2> range{entry.at("sigma_max").get<float>(), entry.at("sigma_min").get<float>()};
    BrownianNoise noise(entry.at("randn_source") == "NV" ? NoiseStream::kPhilox : NoiseStream::kTorchCpu,
                        entry.at("seeds").get<std::vector<std::uint64_t>>(), range, {shape[1], shape[2], shape[3]});
    std::vector<at::Tensor> steps;
    for (const auto& query : entry.at("queries"))
      steps.push_back(noise.step(query[0].get<float>(), query[1].get<float>()));
    EXPECT_LT(tests::max_difference(at::stack(steps), golden.tensor(entry.at("tensor"))), 5e-6) << entry.dump();
  }
}

TEST(BrownianTree, IsOnePathInWhateverOrderItIsAsked) {
  BrownianTree down(NoiseStream::kTorchCpu, 3, 0.1, 10.0, {4, 2, 2});
  BrownianTree up(NoiseStream::kTorchCpu, 3, 0.1, 10.0, {4, 2, 2});
  const std::vector<double> times{9.0, 7.5, 7.25, 3.0, 2.0, 1.0, 0.3};
  std::vector<at::Tensor> falling, rising;
  for (std::size_t i = 0; i < times.size(); ++i) falling.push_back(down.at(times[i]));
  for (std::size_t i = times.size(); i-- > 0;) rising.insert(rising.begin(), up.at(times[i]));
  EXPECT_TRUE(at::stack(falling).equal(at::stack(rising)));
}

TEST(BrownianTree, HasIndependentIncrementsOfTheRightVariance) {
  BrownianTree tree(NoiseStream::kTorchCpu, 11, 0.0, 8.0, {4, 64, 64});
  const at::Tensor first = tree.at(3.0) - tree.at(0.5), second = tree.at(7.0) - tree.at(3.0);
  EXPECT_NEAR(first.square().mean().item<double>(), 2.5, 0.1);
  EXPECT_NEAR(second.square().mean().item<double>(), 4.0, 0.15);
  EXPECT_NEAR((first * second).mean().item<double>(), 0.0, 0.1);
}

TEST(BrownianTree, CountsTimesOutsideAsTheEnds) {
  BrownianTree tree(NoiseStream::kPhilox, 1, 1.0, 2.0, {1, 2, 2});
  EXPECT_TRUE(tree.at(0.5).equal(at::zeros({1, 2, 2}, at::kDouble)));
  EXPECT_TRUE(tree.at(2.5).equal(tree.at(2.0)));
}

TEST(BrownianNoise, RejectsRunsWithoutNoise) {
  const std::vector<double> zero{0.0}, two{2.0, 1.0, 0.0};
  EXPECT_THROW(BrownianNoise(NoiseStream::kTorchCpu, {1}, zero, {1, 2, 2}), Error);
  EXPECT_THROW(BrownianNoise(NoiseStream::kTorchCpu, {}, two, {1, 2, 2}), Error);
  EXPECT_THROW(BrownianNoise(NoiseStream::kTorchCpu, {1}, two, {1, 2, 2}).step(1.5, 1.5), Error);
}

}  // namespace
}  // namespace fude::diffusion
