#include "io/images/affine.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace fude::io {
namespace {

constexpr std::array<PicturePoint, 5> kFace{{{10, 10}, {20, 10}, {15, 16}, {11, 22}, {19, 22}}};

// Turned by 90 degrees, twice as large, moved: (x, y) -> (5 - 2y, 7 + 2x).
PicturePoint turned(const PicturePoint& at) { return {.x = 5 - 2 * at.y, .y = 7 + 2 * at.x}; }

std::array<PicturePoint, 5> turned_face() {
  std::array<PicturePoint, 5> points{};
  for (std::size_t i = 0; i < points.size(); ++i) points[i] = turned(kFace[i]);
  return points;
}

Image ramp(int width, int height) {
  Image image{.width = width, .height = height, .channels = 1, .pixels = {}};
  for (int i = 0; i < width * height; ++i) image.pixels.push_back(static_cast<std::uint8_t>(10 * i));
  return image;
}

TEST(SimilarityBetween, FindsTurnScaleAndPlace) {
  const auto map = similarity_between(kFace, turned_face());
  ASSERT_TRUE(map);
  EXPECT_NEAR(map->xx, 0, 1e-9);
  EXPECT_NEAR(map->xy, -2, 1e-9);
  EXPECT_NEAR(map->yx, 2, 1e-9);
  EXPECT_NEAR(map->x0, 5, 1e-9);
  EXPECT_NEAR(map->y0, 7, 1e-9);
}

TEST(SimilarityBetween, LeavesOutAPointThatLiesElsewhere) {
  auto to = turned_face();
  to[2].x += 40;
  const auto map = similarity_between(kFace, to);
  ASSERT_TRUE(map);
  EXPECT_NEAR(map->x0, 5, 1e-6);
  EXPECT_NEAR(map->yx, 2, 1e-6);
}

TEST(SimilarityBetween, GoesThroughTheMiddleOfWhatNearlyFits) {
  // Two points keep their distance of 2 and their middle; the third pulls nothing sideways.
  const std::array<PicturePoint, 3> from{{{0, 0}, {2, 0}, {1, 0}}}, to{{{0, 0}, {2, 0}, {1, 0.3}}};
  const auto map = similarity_between(from, to);
  ASSERT_TRUE(map);
  EXPECT_NEAR(map->xx, 1, 1e-9);
  EXPECT_LE(map->y0, 0.1 + 1e-9);
}

TEST(SimilarityBetween, IsAbsentForOneSpot) {
  const std::array<PicturePoint, 3> spot{{{4, 4}, {4, 4}, {4, 4}}};
  EXPECT_FALSE(similarity_between(spot, std::array<PicturePoint, 3>{{{0, 0}, {1, 0}, {0, 1}}}));
  EXPECT_FALSE(similarity_between({}, {}));
}

TEST(AffineMap, ComesBackByItsInverse) {
  const AffineMap map{.xx = 2, .xy = 1, .x0 = 3, .yx = -1, .yy = 4, .y0 = -5};
  const auto back = map.inverse();
  ASSERT_TRUE(back);
  const PicturePoint at = (*back)(map({.x = 6, .y = -7}));
  EXPECT_NEAR(at.x, 6, 1e-12);
  EXPECT_NEAR(at.y, -7, 1e-12);
  EXPECT_FALSE((AffineMap{.xx = 1, .xy = 2, .x0 = 0, .yx = 2, .yy = 4, .y0 = 0}.inverse()));
}

TEST(Warped, GivesThePictureItselfWithoutAMap) {
  const Image image = ramp(4, 3);
  EXPECT_EQ(warped(image, {}, 4, 3, {}).pixels, image.pixels);
}

TEST(Warped, WeighsTheFourPixelsAround) {
  const Image image = ramp(2, 2);  // 0 10 / 20 30
  const AffineMap middle{.x0 = 0.5, .y0 = 0.5};
  EXPECT_EQ(warped(image, middle, 1, 1, {}).pixels[0], 15);
  const AffineMap quarter{.x0 = 0.25, .y0 = 0};
  EXPECT_EQ(warped(image, quarter, 1, 1, {}).pixels[0], 3);  // 2.5, rounded up
}

TEST(Warped, RoundsPlacesToSteps) {
  Image image{.width = 2, .height = 1, .channels = 1, .pixels = {0, 255}};
  const AffineMap hardly{.x0 = 0.0156, .y0 = 0};  // less than half of 1/32
  EXPECT_EQ(warped(image, hardly, 1, 1, {}).pixels[0], 0);
  const AffineMap step{.x0 = 0.016, .y0 = 0};
  EXPECT_EQ(warped(image, step, 1, 1, {}).pixels[0], 8);  // 255 / 32
}

TEST(Warped, LaysGroundAround) {
  Image image{.width = 1, .height = 1, .channels = 3, .pixels = {100, 100, 100}};
  const Image moved = warped(image, AffineMap{.x0 = -1, .y0 = 0}, 3, 1, {.red = 132, .green = 133, .blue = 135});
  EXPECT_EQ(moved.pixels, (std::vector<std::uint8_t>{132, 133, 135, 100, 100, 100, 132, 133, 135}));
  const Image between = warped(image, AffineMap{.x0 = 0.5, .y0 = 0}, 1, 1, {.red = 0, .green = 50, .blue = 200});
  EXPECT_EQ(between.pixels, (std::vector<std::uint8_t>{50, 75, 150}));
}

TEST(Warped, TakesPlacesBeyondAnyPicture) {
  EXPECT_EQ(warped(ramp(2, 2), AffineMap{.xx = 1e300, .x0 = -1e300}, 2, 1, {.red = 7}).pixels[0], 7);
}

}  // namespace
}  // namespace fude::io
