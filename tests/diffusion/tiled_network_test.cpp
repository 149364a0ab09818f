#include "diffusion/tiled_network.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <tuple>
#include <vector>

#include "tests/support/refusal.h"

namespace fude::diffusion {
namespace {

at::Tensor random_latent(at::IntArrayRef sizes) {
  at::manual_seed(5);
  return at::randn(sizes);
}

Conditioning words(std::int64_t pictures) { return {.context = at::ones({pictures, 2, 3})}; }

at::Tensor call(const Network& network, const at::Tensor& x) {
  return network(x, at::full({x.size(0)}, 500.0F), words(x.size(0)));
}

// Looks at its surroundings, and at where it stands in its piece.
at::Tensor uneven(const at::Tensor& x, const at::Tensor& t, const Conditioning&) {
  const at::Tensor near = at::avg_pool2d(x, 3, 1, 1);
  return near * at::linspace(0.5, 1.5, x.size(3)) + t.view({-1, 1, 1, 1}) / 1000;
}

at::Tensor identity(const at::Tensor& x, const at::Tensor&, const Conditioning&) { return x; }

TEST(TileStarts, CoverTheLengthEvenlyAndOverlapEnough) {
  EXPECT_EQ(tile_starts(96, 96, 48), (std::vector<std::int64_t>{0}));
  EXPECT_EQ(tile_starts(50, 96, 48), (std::vector<std::int64_t>{0}));
  EXPECT_EQ(tile_starts(128, 96, 48), (std::vector<std::int64_t>{0, 32}));
  EXPECT_EQ(tile_starts(512, 96, 48).size(), 10u);
  for (const auto& [length, side, overlap] :
       std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>>{{97, 16, 15}, {511, 96, 0}, {300, 40, 13}}) {
    const std::vector<std::int64_t> starts = tile_starts(length, side, overlap);
    EXPECT_EQ(starts.front(), 0);
    EXPECT_EQ(starts.back() + side, length);
    for (std::size_t i = 1; i < starts.size(); ++i) {
      EXPECT_GT(starts[i], starts[i - 1]);
      EXPECT_GE(starts[i - 1] + side - starts[i], overlap) << length << " " << i;
    }
  }
}

TEST(TileWeights, AreOneInAllAtEveryCell) {
  for (const TileBlend blend : {TileBlend::kAverage, TileBlend::kGaussian}) {
    for (const std::int64_t length : {20, 97, 300}) {
      const std::vector<std::int64_t> starts = tile_starts(length, 40, 24);
      const at::Tensor weights = tile_weights(starts, length, 40, blend);
      at::Tensor sum = at::zeros({length}, at::kDouble);
      for (std::size_t i = 0; i < starts.size(); ++i) {
        sum.narrow(0, starts[i], weights.size(1)).add_(weights[static_cast<std::int64_t>(i)]);
      }
      EXPECT_LT((sum - 1).abs().max().item<double>(), 1e-12) << length;
    }
  }
}

TEST(TileWeights, LetAPiecesMiddleCountMoreOnlyInMixtureOfDiffusers) {
  // Two pieces of 8 cells that share the middle 4 of 12.
  const at::Tensor average = tile_weights({0, 4}, 12, 8, TileBlend::kAverage);
  EXPECT_EQ(average[0][3].item<double>(), 1);
  EXPECT_EQ(average[0][4].item<double>(), 0.5);
  EXPECT_EQ(average[0][7].item<double>(), 0.5);
  const at::Tensor gaussian = tile_weights({0, 4}, 12, 8, TileBlend::kGaussian);
  EXPECT_EQ(gaussian[0][3].item<double>(), 1);
  // By hand: the first piece's cells 4 and 7 lie 0.5 and 3.5 from its middle, 3.5 and 0.5 from the other's.
  const double near = std::exp(-0.5 * 0.5 / 64 / 0.02), far = std::exp(-3.5 * 3.5 / 64 / 0.02);
  EXPECT_NEAR(gaussian[0][4].item<double>(), near / (near + far), 1e-12);
  EXPECT_NEAR(gaussian[0][7].item<double>(), far / (near + far), 1e-12);
}

TEST(TiledNetwork, HandsALatentThatFitsInToTheNetworkAsItIs) {
  const at::Tensor x = random_latent({2, 4, 24, 32});
  EXPECT_TRUE(call(tiled(uneven, {.width = 32, .height = 24, .overlap = 8}), x).equal(call(uneven, x)));
  EXPECT_FALSE(call(tiled(uneven, {.width = 24, .height = 24, .overlap = 8}), x).equal(call(uneven, x)));
}

TEST(TiledNetwork, LeavesWhatTheIdentityGivesWhateverThePieces) {
  const at::Tensor x = random_latent({2, 4, 37, 61});
  for (const TileBlend blend : {TileBlend::kAverage, TileBlend::kGaussian}) {
    for (const std::int64_t side : {16, 24, 40}) {
      const Network network = tiled(identity, {.blend = blend, .width = side, .height = 20, .overlap = 12});
      EXPECT_LT((call(network, x) - x).abs().max().item<double>(), 2e-6) << side;
    }
  }
}

TEST(TiledNetwork, GivesTheSameBitsWhateverTheBatch) {
  const at::Tensor x = random_latent({2, 4, 40, 56});
  const LatentTiling tiling{.width = 24, .height = 16, .overlap = 8, .batch = 1};
  const at::Tensor one = call(tiled(uneven, tiling), x);
  for (const std::int64_t batch : {2, 3, 100}) {
    LatentTiling many = tiling;
    many.batch = batch;
    EXPECT_TRUE(call(tiled(uneven, many), x).equal(one)) << batch;
  }
}

TEST(TiledNetwork, CallsTheNetworkWithABatchOfPiecesAtMost) {
  std::vector<std::int64_t> calls;
  const Network network = [&](const at::Tensor& x, const at::Tensor& t, const Conditioning& words) {
    calls.push_back(x.size(0));
    EXPECT_EQ(x.size(2), 24);
    EXPECT_EQ(x.size(3), 16);
    EXPECT_EQ(t.size(0), x.size(0));
    EXPECT_EQ(words.context.size(0), x.size(0));
    EXPECT_EQ(words.vector.size(0), x.size(0));
    return x;
  };
  // Three pieces across and two down, of two pictures.
  const at::Tensor x = random_latent({2, 4, 32, 32});
  const Conditioning both{.context = at::ones({2, 2, 3}), .vector = at::ones({2, 5})};
  tiled(network, {.width = 16, .height = 24, .overlap = 8, .batch = 4})(x, at::ones({2}), both);
  EXPECT_EQ(calls, (std::vector<std::int64_t>{8, 4}));
}

TEST(TiledNetwork, KeepsEachPicturesWordsWithItsPieces) {
  const Network network = [](const at::Tensor& x, const at::Tensor&, const Conditioning& words) {
    return words.context.select(2, 0).select(1, 0).reshape({-1, 1, 1, 1}).expand_as(x).contiguous();
  };
  const at::Tensor x = random_latent({2, 4, 16, 64});
  const Conditioning both{.context = at::cat({at::full({1, 2, 3}, 1.0F), at::full({1, 2, 3}, 7.0F)})};
  const at::Tensor made = tiled(network, {.width = 16, .height = 16, .overlap = 4})(x, at::ones({2}), both);
  EXPECT_LT((made[0] - 1).abs().max().item<double>(), 1e-5);
  EXPECT_LT((made[1] - 7).abs().max().item<double>(), 1e-5);
}

// Nine channels as an inpainting model has them, of which the network gives four.
TEST(TiledNetwork, CutsWhatLiesBesideTheLatentWithIt) {
  const at::Tensor x = random_latent({1, 9, 24, 48});
  const Network network = [](const at::Tensor& piece, const at::Tensor&, const Conditioning&) {
    return piece.narrow(1, 5, 4) * 2;
  };
  const at::Tensor made = call(tiled(network, {.width = 24, .height = 16, .overlap = 8}), x);
  EXPECT_EQ(made.sizes(), (std::vector<std::int64_t>{1, 4, 24, 48}));
  EXPECT_LT((made - x.narrow(1, 5, 4) * 2).abs().max().item<double>(), 2e-6);
}

TEST(TiledNetwork, RefusesOverlapsThatLeaveNoStep) {
  const auto make = [](std::int64_t overlap, std::int64_t batch) {
    return [=] { tiled(identity, {.width = 32, .height = 24, .overlap = overlap, .batch = batch}); };
  };
  EXPECT_EQ(tests::refusal(ErrorCode::kInvalidArgument, make(24, 1)),
            "latent tiles of 32x24 overlap by 24, expected less than their sides");
  tests::refusal(ErrorCode::kInvalidArgument, make(-1, 1));
  tests::refusal(ErrorCode::kInvalidArgument, make(8, 0));
  EXPECT_NO_THROW(make(23, 1)());
}

}  // namespace
}  // namespace fude::diffusion
