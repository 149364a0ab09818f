#include "io/images/mosaic.h"

#include <gtest/gtest.h>

#include "tests/support/refusal.h"

namespace fude::io {
namespace {

Image counted(int width, int height) {
  Image image{.width = width, .height = height, .channels = 1, .pixels = {}};
  for (int i = 0; i < width * height; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i));
  return image;
}

Image mask_at(int width, int height, std::size_t place) {
  Image mask{.width = width, .height = height, .channels = 1, .pixels = {}};
  mask.pixels.resize(static_cast<std::size_t>(width * height));
  mask.pixels[place] = 255;
  return mask;
}

TEST(Mosaic, LevelsTheSquaresThatTheMaskTouches) {
  // 0 1 2 3 4 / 5 6 7 8 9 / 10 11 12 13 14: the square in the middle holds 2 3 7 8, the last one 14 alone.
  EXPECT_EQ(mosaic(counted(5, 3), mask_at(5, 3, 3), 2).pixels,
            (std::vector<std::uint8_t>{0, 1, 5, 5, 4, 5, 6, 5, 5, 9, 10, 11, 12, 13, 14}));
  EXPECT_EQ(mosaic(counted(5, 3), mask_at(5, 3, 14), 2).pixels, counted(5, 3).pixels);
}

TEST(Mosaic, WeighsColoursByTheirAlpha) {
  const Image image{.width = 2, .height = 1, .channels = 4, .pixels = {200, 0, 0, 255, 0, 0, 0, 0}};
  EXPECT_EQ(mosaic(image, mask_at(2, 1, 0), 2).pixels, (std::vector<std::uint8_t>{200, 0, 0, 128, 200, 0, 0, 128}));
}

TEST(Mosaic, HasTheBlockThatPublishersAskFor) {
  EXPECT_EQ(mosaic_block({.width = 100, .height = 200, .channels = 1, .pixels = {}}), 4);
  EXPECT_EQ(mosaic_block({.width = 1024, .height = 1536, .channels = 1, .pixels = {}}), 16);
}

TEST(Mosaic, RefusesMasksThatDoNotFit) {
  tests::refusal(ErrorCode::kInvalidArgument, [] { mosaic(counted(5, 3), mask_at(3, 5, 0), 4); });
  tests::refusal(ErrorCode::kInvalidArgument, [] { mosaic(counted(5, 3), counted(5, 3), 1); });
  EXPECT_EQ(tests::refusal(ErrorCode::kInvalidArgument, [] { mosaic(counted(5, 3), counted(5, 3), 4); }),
            "the mask is empty, expected white where the mosaic is to be");
}

}  // namespace
}  // namespace fude::io
