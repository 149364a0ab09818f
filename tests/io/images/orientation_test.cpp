#include "io/images/orientation.h"

#include <gtest/gtest.h>

namespace fude::io {
namespace {

// 1 2
// 3 4
// 5 6
Image numbered() { return {.width = 2, .height = 3, .channels = 1, .pixels = {1, 2, 3, 4, 5, 6}}; }

TEST(Upright, TurnsAsEveryOrientationAsks) {
  using Pixels = std::vector<std::uint8_t>;
  const std::vector<Pixels> expected{{1, 2, 3, 4, 5, 6}, {2, 1, 4, 3, 6, 5}, {6, 5, 4, 3, 2, 1}, {5, 6, 3, 4, 1, 2},
                                     {1, 3, 5, 2, 4, 6}, {5, 3, 1, 6, 4, 2}, {6, 4, 2, 5, 3, 1}, {2, 4, 6, 1, 3, 5}};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Image turned = upright(numbered(), orientation);
    EXPECT_EQ(turned.pixels, expected[static_cast<std::size_t>(orientation - 1)]) << orientation;
    EXPECT_EQ(turned.width, orientation >= 5 ? 3 : 2);
    EXPECT_EQ(turned.height, orientation >= 5 ? 2 : 3);
  }
  EXPECT_EQ(upright(numbered(), 0).pixels, numbered().pixels);
}

TEST(ExifOrientation, IsOneWithoutABlock) { EXPECT_EQ(exif_orientation({}), 1); }

}  // namespace
}  // namespace fude::io
