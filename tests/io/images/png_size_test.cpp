#include "io/images/png_size.h"

#include <gtest/gtest.h>

#include "io/images/png_file.h"

namespace fude::io {
namespace {

TEST(PngSize, IsWhatTheHeadStates) {
  const Image image{.width = 5, .height = 3, .channels = 3, .pixels = std::vector<std::uint8_t>(45)};
  const auto size = png_size(encode_png(image));
  ASSERT_TRUE(size);
  EXPECT_EQ(size->width, 5);
  EXPECT_EQ(size->height, 3);
}

TEST(PngSize, IsAbsentWithoutAWholeHead) {
  const Image image{.width = 5, .height = 3, .channels = 3, .pixels = std::vector<std::uint8_t>(45)};
  std::vector<std::byte> bytes = encode_png(image);
  EXPECT_FALSE(png_size(std::span(bytes).first(32)));
  EXPECT_TRUE(png_size(std::span(bytes).first(33)));
  EXPECT_FALSE(png_size({}));
  bytes[16] = std::byte{0xFF};  // wider than any picture can be
  EXPECT_FALSE(png_size(bytes));
  bytes[16] = bytes[19] = std::byte{0};  // no width
  EXPECT_FALSE(png_size(bytes));
}

}  // namespace
}  // namespace fude::io
