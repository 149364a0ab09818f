#include "io/images/shrink.h"

#include <gtest/gtest.h>

#include "tests/support/refusal.h"

namespace fude::io {
namespace {

TEST(Shrink, AveragesAreas) {
  const Image image{.width = 4, .height = 2, .channels = 1, .pixels = {0, 100, 200, 200, 100, 200, 0, 0}};
  const Image half = shrink(image, 2, 1);
  EXPECT_EQ(half.pixels, (std::vector<std::uint8_t>{100, 100}));
}

TEST(Shrink, CountsPartsOfPixels) {
  // Three pixels become two: each is one whole pixel and half of the middle one.
  const Image image{.width = 3, .height = 1, .channels = 1, .pixels = {0, 90, 240}};
  EXPECT_EQ(shrink(image, 2, 1).pixels, (std::vector<std::uint8_t>{30, 190}));
}

TEST(Shrink, LeavesAPictureOfItsSizeAsItIs) {
  const Image image{.width = 2, .height = 2, .channels = 3, .pixels = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};
  EXPECT_EQ(shrink(image, 2, 2).pixels, image.pixels);
}

TEST(Shrink, LetsTransparentPixelsNotColourOthers) {
  const Image image{.width = 2, .height = 1, .channels = 4, .pixels = {200, 10, 20, 255, 0, 0, 0, 0}};
  EXPECT_EQ(shrink(image, 1, 1).pixels, (std::vector<std::uint8_t>{200, 10, 20, 128}));
}

TEST(Shrink, RefusesToGrow) {
  const Image image{.width = 1, .height = 1, .channels = 1, .pixels = {0}};
  tests::refusal(ErrorCode::kInvalidArgument, [&] { shrink(image, 2, 1); });
  tests::refusal(ErrorCode::kInvalidArgument, [&] { shrink(image, 1, 0); });
}

}  // namespace
}  // namespace fude::io
