#include "io/images/picture_difference.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace fude::io {
namespace {

Image grey(std::vector<std::uint8_t> pixels) {
  return {.width = static_cast<int>(pixels.size()), .height = 1, .channels = 1, .pixels = std::move(pixels)};
}

TEST(SignalToNoise, IsTheDefinition) {
  EXPECT_NEAR(signal_to_noise(grey({0, 0}), grey({255, 255})), 0.0, 1e-9);
  EXPECT_NEAR(signal_to_noise(grey({10, 20, 30, 40}), grey({11, 20, 29, 40})), 51.1411, 1e-4);  // mean square 1/2
}

TEST(SignalToNoise, OfEqualPicturesIsFinite) { EXPECT_EQ(signal_to_noise(grey({1, 2}), grey({1, 2})), 100.0); }

TEST(SignalToNoise, RefusesPicturesOfAnotherSize) {
  EXPECT_THROW(signal_to_noise(grey({1, 2}), grey({1})), Error);
  EXPECT_THROW(signal_to_noise(grey({}), grey({})), Error);
}

TEST(LevelDifference, TellsHowMuchAndWhere) {
  const LevelDifference same = level_difference(grey({1, 2}), grey({1, 2}));
  EXPECT_EQ(same.most, 0);
  EXPECT_EQ(same.share, 0);
  EXPECT_EQ(same.width, 0);
  const LevelDifference some = level_difference(grey({0, 10, 20, 255}), grey({0, 13, 20, 0}));
  EXPECT_EQ(some.most, 255);
  EXPECT_DOUBLE_EQ(some.share, 0.5);
  EXPECT_EQ(some.left, 1);
  EXPECT_EQ(some.top, 0);
  EXPECT_EQ(some.width, 3);
  EXPECT_EQ(some.height, 1);
  const Image a{.width = 1, .height = 2, .channels = 3, .pixels = {1, 1, 1, 1, 1, 1}};
  const Image b{.width = 1, .height = 2, .channels = 3, .pixels = {1, 1, 1, 1, 3, 0}};
  EXPECT_DOUBLE_EQ(level_difference(a, b).share, 0.5) << "pixels are counted, not channels";
  EXPECT_EQ(level_difference(a, b).top, 1);
  EXPECT_THROW(level_difference(a, grey({1, 2})), Error);
}

}  // namespace
}  // namespace fude::io
