#include "pipelines/face_pasting.h"

#include <gtest/gtest.h>

#include <cmath>

namespace fude::pipelines {
namespace {

io::Image plain(int width, int height, std::uint8_t value) {
  io::Image image{.width = width, .height = height, .channels = 3, .pixels = {}};
  image.pixels.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, value);
  return image;
}

std::uint8_t at(const io::Image& image, int x, int y) {
  return image
      .pixels[3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) + static_cast<std::size_t>(x))];
}

// A face of 64 pixels, 100 pixels to the right and 50 down, as it is.
const io::AffineMap kPlace{.x0 = -100, .y0 = -50};

TEST(UprightMap, BringsLandmarksToTheirPlaces) {
  models::DetectedFace face;
  // The template of 512 pixels, half as large, 10 to the right and 20 down.
  const float places[5][2] = {{192.98138F, 239.94708F},
                              {318.90277F, 240.1936F},
                              {256.63416F, 314.01935F},
                              {201.26117F, 371.41043F},
                              {313.08905F, 371.15118F}};
  for (std::size_t i = 0; i < 5; ++i) face.landmarks[i] = {.x = 10 + places[i][0] / 2, .y = 20 + places[i][1] / 2};
  const auto map = upright_map(face, 512);
  ASSERT_TRUE(map);
  EXPECT_NEAR(map->xx, 2, 1e-4);
  EXPECT_NEAR(map->xy, 0, 1e-4);
  EXPECT_NEAR(map->x0, -20, 0.02);
  EXPECT_NEAR(map->y0, -40, 0.02);
}

TEST(UprightMap, IsAbsentForOneSpot) { EXPECT_FALSE(upright_map(models::DetectedFace{}, 512)); }

TEST(PasteFace, ShowsTheFaceInTheMiddleAndLeavesTheRestBitForBit) {
  io::Image picture = plain(300, 200, 10);
  paste_face(picture, plain(64, 64, 210), kPlace, std::nullopt);
  EXPECT_EQ(at(picture, 132, 82), 210);
  EXPECT_EQ(at(picture, 99, 82), 10);
  EXPECT_EQ(at(picture, 164, 82), 10);
  EXPECT_EQ(at(picture, 132, 49), 10);
  for (int x = 100; x < 132; ++x) EXPECT_LE(at(picture, x, 82), at(picture, x + 1, 82));  // the edge rises
}

TEST(PasteFace, FollowsTheMask) {
  io::Image picture = plain(300, 200, 10);
  io::SoftMask mask = io::even_mask(64, 64, 0);
  for (int y = 0; y < 64; ++y) {
    for (int x = 32; x < 64; ++x) mask.shares[static_cast<std::size_t>(y * 64 + x)] = 0.5F;
  }
  paste_face(picture, plain(64, 64, 210), kPlace, mask);
  EXPECT_EQ(at(picture, 110, 82), 10);
  EXPECT_EQ(at(picture, 140, 82), 110);
}

TEST(PasteFace, TakesFacesBeyondThePicture) {
  io::Image picture = plain(40, 40, 10);
  const io::Image before = picture;
  paste_face(picture, plain(64, 64, 210), kPlace, std::nullopt);
  EXPECT_EQ(picture.pixels, before.pixels);
  paste_face(picture, plain(64, 64, 210), io::AffineMap{.x0 = 30, .y0 = 30}, std::nullopt);
  EXPECT_EQ(at(picture, 0, 0), 210);  // the picture's own edge is no edge of the face
  EXPECT_EQ(at(picture, 39, 39), 10);
  io::Image pixel = plain(1, 1, 10);
  paste_face(pixel, plain(64, 64, 210), io::AffineMap{.x0 = 32, .y0 = 32}, std::nullopt);
  EXPECT_EQ(pixel.pixels[0], 210);
}

TEST(ParsedMask, SoftensEdgesAndKeepsClearOfTheFrame) {
  std::vector<bool> is_face(512 * 512, false);
  for (int y = 0; y < 512; ++y) {
    for (int x = 0; x < 256; ++x) is_face[static_cast<std::size_t>(y * 512 + x)] = true;
  }
  const io::SoftMask mask = parsed_mask(is_face, 512);
  const auto share = [&](int x, int y) { return mask.shares[static_cast<std::size_t>(y * 512 + x)]; };
  EXPECT_NEAR(share(128, 256), 1, 1e-4);
  EXPECT_NEAR(share(400, 256), 0, 1e-4);
  // Two Gaussians of 11 pixels: one of 11 * sqrt(2), whose integral says what shows 10 pixels from the edge.
  EXPECT_NEAR(share(265, 256), 0.5 * std::erfc(10 / (11 * 2.0)), 0.02);
  EXPECT_EQ(share(9, 256), 0);
  EXPECT_NEAR(share(10, 256), 1, 1e-4);
  EXPECT_EQ(share(128, 502), 0);
}

}  // namespace
}  // namespace fude::pipelines
