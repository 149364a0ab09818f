#include "models/denoisers/free_u.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/support/golden.h"

namespace fude::models {
namespace {

/// A wave of the given frequencies over [1,1,6,8].
at::Tensor wave(int down, int across, double phase = 0.3) {
  const at::Tensor y = at::arange(6, at::kFloat).reshape({6, 1}) * (2 * std::numbers::pi * down / 6);
  const at::Tensor x = at::arange(8, at::kFloat).reshape({1, 8}) * (2 * std::numbers::pi * across / 8);
  return (y + x + phase).cos().reshape({1, 1, 6, 8});
}

TEST(ScaleLowFrequencies, ScalesTheMeanAndHalfOfTheFirstWaves) {
  EXPECT_LT(tests::max_difference(scale_low_frequencies(wave(0, 0), 0.2), wave(0, 0) * 0.2), 1e-5);
  // A real wave is a pair of frequencies +1 and -1, of which one is scaled; the real part is what stays.
  EXPECT_LT(tests::max_difference(scale_low_frequencies(wave(1, 0), 0.2), wave(1, 0) * 0.6), 1e-5);
  EXPECT_LT(tests::max_difference(scale_low_frequencies(wave(0, 1), 0.2), wave(0, 1) * 0.6), 1e-5);
  EXPECT_LT(tests::max_difference(scale_low_frequencies(wave(1, 1), 0.2), wave(1, 1) * 0.6), 1e-5);
}

TEST(ScaleLowFrequencies, LeavesTheOthersAsTheyAre) {
  for (const auto& [down, across] : {std::pair{2, 0}, std::pair{0, 3}, std::pair{2, 1}, std::pair{1, -1}})
    EXPECT_LT(tests::max_difference(scale_low_frequencies(wave(down, across), 0.2), wave(down, across)), 1e-5);
  const at::Tensor row = at::arange(5, at::kFloat).reshape({1, 1, 1, 5});
  EXPECT_TRUE(scale_low_frequencies(row, 0.2).equal(row));
}

TEST(ApplyFreeU, StrengthensHalfTheChannelsWhereTheMapIsStrong) {
  at::Tensor h = at::zeros({1, 8, 1, 2});
  h.select(3, 1).fill_(1);
  const UpwardInputs out = apply_free_u({.backbone1 = 1.5, .skip1 = 1}, {.h = h, .skip = at::ones({1, 2, 1, 2})}, 2);
  EXPECT_TRUE(out.h.narrow(1, 0, 4).select(3, 1).eq(1.5).all().item<bool>());
  EXPECT_TRUE(out.h.narrow(1, 4, 4).equal(h.narrow(1, 4, 4)));
  EXPECT_TRUE(out.h.select(3, 0).eq(0).all().item<bool>());
}

TEST(ApplyFreeU, ActsAtTwoWidthsOnly) {
  const at::Tensor skip = wave(0, 0).expand({1, 2, 6, 8});
  const auto out = [&](int64_t channels) {
    return apply_free_u({.backbone2 = 2, .skip2 = 0}, {.h = at::rand({1, channels, 6, 8}), .skip = skip}, 4).skip;
  };
  EXPECT_LT(out(8).abs().max().item<double>(), 1e-5);
  EXPECT_TRUE(out(4).equal(skip));
  EXPECT_LT(tests::max_difference(out(16), skip * 0.9), 1e-5);
}

TEST(ApplyFreeU, TreatsEveryPictureByItself) {
  const at::Tensor h = at::rand({2, 8, 6, 8}), skip = at::rand({2, 4, 6, 8});
  const UpwardInputs both = apply_free_u({}, {.h = h, .skip = skip}, 2);
  const UpwardInputs one = apply_free_u({}, {.h = h.narrow(0, 1, 1), .skip = skip.narrow(0, 1, 1)}, 2);
  EXPECT_LT(tests::max_difference(both.h.narrow(0, 1, 1), one.h), 1e-6);
  EXPECT_LT(tests::max_difference(both.skip.narrow(0, 1, 1), one.skip), 1e-6);
}

}  // namespace
}  // namespace fude::models
