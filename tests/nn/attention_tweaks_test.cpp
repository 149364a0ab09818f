#include "nn/attention_tweaks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/golden.h"

namespace fude::nn {
namespace {

/// Hands out tensors of fixed numbers, other ones for every name.
class Waves : public weights::TensorSource {
 public:
  at::Tensor take(const std::string&, at::IntArrayRef shape) override {
    ++count_;
    int64_t size = 1;
    for (const int64_t length : shape) size *= length;
    return at::sin(at::arange(size, at::kDouble) * 0.7 + count_).to(at::kFloat).reshape(shape) * 0.3;
  }

 private:
  int count_ = 0;
};

class Tweaks : public ::testing::Test {
 protected:
  static constexpr int64_t kHeight = 4, kWidth = 6, kDepth = 8;

  Waves source_;
  CrossAttention layer_{weights::WeightView(source_), kDepth, kDepth, 2};
  at::Tensor x_ = at::cos(at::arange(2 * kHeight * kWidth * kDepth, at::kFloat) * 1.3).reshape({2, -1, kDepth});
  AttentionPlace place_{.height = kHeight, .width = kWidth};

  at::Tensor plain(const at::Tensor& x) const { return layer_.forward(x, x); }
  at::Tensor tweaked(const AttentionTweaks& tweaks) const {
    return tweaked_self_attention(tweaks)(layer_, x_, x_, place_);
  }
};

TEST_F(Tweaks, AreNothingWhenNoneIsOn) { EXPECT_FALSE(tweaked_self_attention({})); }

TEST_F(Tweaks, KeepAttentionWithinTiles) {
  const at::Tensor out = tweaked({.tile_size = 3});  // 2x3 tokens a tile: 4 does not divide by 3
  const at::Tensor map = x_.reshape({2, kHeight, kWidth, kDepth});
  const at::Tensor tile = map.narrow(1, 2, 2).narrow(2, 3, 3).reshape({2, 6, kDepth});
  const at::Tensor expected = plain(tile).reshape({2, 2, 3, kDepth});
  EXPECT_LT(tests::max_difference(out.reshape(map.sizes()).narrow(1, 2, 2).narrow(2, 3, 3), expected), 1e-5);
}

TEST_F(Tweaks, TileNoDeeperThanAsked) {
  place_.downscale = 4;
  EXPECT_TRUE(tweaked({.tile_size = 8, .tile_depth = 1}).equal(plain(x_)));
  EXPECT_FALSE(tweaked({.tile_size = 8, .tile_depth = 2}).equal(plain(x_)));
}

TEST(TileLength, IsTheLargestDivisorThatFits) {
  EXPECT_EQ(tile_length(64, 32), 32);
  EXPECT_EQ(tile_length(96, 32), 32);
  EXPECT_EQ(tile_length(40, 32), 20);
  EXPECT_EQ(tile_length(7, 5), 1);
  EXPECT_EQ(tile_length(4, 9), 4);
}

TEST_F(Tweaks, SpoilTheMiddleBlockOnly) {
  const AttentionTweaks spoiled{.is_middle_identity = true};
  EXPECT_TRUE(tweaked(spoiled).equal(plain(x_)));
  place_.is_middle = true;
  // Every token attends to itself only: its value, through the last layer.
  EXPECT_TRUE(tweaked(spoiled).equal(layer_.to_out.forward(layer_.to_v.forward(x_))));
}

TEST_F(Tweaks, RecordHowMuchEachPlaceIsAttendedTo) {
  place_.is_middle = true;
  const AttentionTweaks recording{.middle_map = std::make_shared<at::Tensor>()};
  EXPECT_TRUE(tweaked(recording).equal(plain(x_)));
  const at::Tensor& map = *recording.middle_map;
  EXPECT_EQ(map.sizes().vec(), (std::vector<int64_t>{2, 1, kHeight, kWidth}));
  EXPECT_NEAR(map.mean().item<double>(), 1.0, 1e-5);  // queries share out one each
  EXPECT_GT(map.max().item<double>(), map.min().item<double>());
}

TEST_F(Tweaks, MergeTokensAtTheLatentsOwnSize) {
  const at::Tensor merged = tweaked({.merge_ratio = 0.5});
  EXPECT_EQ(merged.sizes(), x_.sizes());
  EXPECT_FALSE(merged.equal(plain(x_)));
  place_.downscale = 2;
  EXPECT_TRUE(tweaked({.merge_ratio = 0.5}).equal(plain(x_)));
}

TEST(TokenMerging, LosesNothingWhenNothingIsMerged) {
  const at::Tensor x = at::rand({2, 15, 4});
  const TokenMerging merging(x, 3, 5, 0.0);
  EXPECT_EQ(merging.merge(x).size(1), 15);
  EXPECT_TRUE(merging.unmerge(merging.merge(x)).equal(x));
}

TEST(TokenMerging, MergesEqualTokensWithoutLoss) {
  // Every 2x2 cell has one token of its own, repeated: all of a cell merge into its corner.
  const at::Tensor cells = at::eye(6).reshape({2, 3, 6}).repeat_interleave(2, 0).repeat_interleave(2, 1);
  const at::Tensor x = cells.reshape({1, 24, 6});
  const TokenMerging merging(x, 4, 6, 0.75);
  const at::Tensor few = merging.merge(x);
  EXPECT_EQ(few.size(1), 6);
  EXPECT_TRUE(few[0].equal(at::eye(6)));
  EXPECT_TRUE(merging.unmerge(few).equal(x));
}

TEST(TokenMerging, TakesTheMeanOfWhatItMerges) {
  const at::Tensor x = at::tensor({1.0F, 2.0F, 3.0F, 6.0F}).reshape({1, 4, 1});
  const TokenMerging merging(x, 2, 2, 0.9);  // all three others go to the corner
  EXPECT_EQ(merging.merge(x).size(1), 1);
  EXPECT_EQ(merging.merge(x).item<float>(), 3.0F);
  EXPECT_TRUE(merging.unmerge(merging.merge(x)).eq(3.0F).all().item<bool>());
}

TEST(TokenMerging, LeavesMapsWithoutAGridAlone) {
  const at::Tensor x = at::rand({1, 5, 4});
  const TokenMerging merging(x, 1, 5, 0.5);
  EXPECT_TRUE(merging.unmerge(merging.merge(x)).equal(x));
}

TEST(TokenMerging, DoesNotDependOnTheBatch) {
  const at::Tensor x = at::rand({3, 36, 8});
  const auto merged = [](const at::Tensor& tokens) {
    const TokenMerging merging(tokens, 6, 6, 0.4);
    return merging.unmerge(merging.merge(tokens));
  };
  EXPECT_TRUE(merged(x).narrow(0, 1, 1).equal(merged(x.narrow(0, 1, 1))));
}

}  // namespace
}  // namespace fude::nn
