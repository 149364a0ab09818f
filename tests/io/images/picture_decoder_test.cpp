#include "io/images/picture_decoder.h"

#include <gtest/gtest.h>

#include <string>

#include "io/images/png_file.h"
#include "io/images/webp_file.h"
#include "tests/io/images/sample_pictures.h"
#include "tests/support/refusal.h"

namespace fude::io {
namespace {

using tests::bytes_of_hex;
using tests::refusal;

int at(const Image& image, int x, int y, int channel) {
  return image.pixels[static_cast<std::size_t>((y * image.width + x) * image.channels + channel)];
}

// The samples are red on the left, blue on the right.
void expect_red_and_blue(const Image& image) {
  ASSERT_EQ(image.channels, 3);
  EXPECT_NEAR(at(image, 0, 0, 0), 200, 12);
  EXPECT_NEAR(at(image, 0, 0, 2), 20, 12);
  EXPECT_NEAR(at(image, image.width - 1, 0, 0), 20, 12);
  EXPECT_NEAR(at(image, image.width - 1, 0, 2), 200, 12);
}

TEST(DecodePicture, ReadsEveryKindByItsContent) {
  for (const std::string_view hex : {tests::kJpeg, tests::kProgressiveJpeg, tests::kInkJpeg, tests::kWebp}) {
    const Image image = decode_picture(bytes_of_hex(hex));
    EXPECT_EQ(image.width, 16);
    EXPECT_EQ(image.height, 8);
    expect_red_and_blue(image);
  }
}

TEST(DecodePicture, ReadsGreyAndTransparency) {
  const Image grey = decode_picture(bytes_of_hex(tests::kGreyJpeg));
  EXPECT_EQ(grey.channels, 1);
  EXPECT_NEAR(grey.pixels.front(), 100, 2);
  const Image clear = decode_picture(bytes_of_hex(tests::kClearWebp));
  ASSERT_EQ(clear.channels, 4);
  EXPECT_EQ(at(clear, 0, 0, 3), 128);
}

TEST(DecodePicture, TurnsUprightWhatACameraHeldSideways) {
  for (const std::string_view hex : {tests::kTurnedJpeg, tests::kTurnedWebp}) {
    const std::vector<std::byte> file = bytes_of_hex(hex);
    const Image image = decode_picture(file);  // orientation 6: the left side is the top
    ASSERT_EQ(image.width, 8);
    ASSERT_EQ(image.height, 16);
    EXPECT_NEAR(at(image, 0, 0, 0), 200, 12);
    EXPECT_NEAR(at(image, 0, 15, 2), 200, 12);
    const auto size = picture_size(file);
    ASSERT_TRUE(size);
    EXPECT_EQ(size->width, 8);
    EXPECT_EQ(size->height, 16);
  }
}

TEST(DecodePicture, RefusesEveryTruncation) {
  for (const std::string_view hex : {tests::kJpeg, tests::kProgressiveJpeg, tests::kWebp, tests::kClearWebp}) {
    const std::vector<std::byte> file = bytes_of_hex(hex);
    for (std::size_t size = 0; size + 2 < file.size(); ++size) {
      EXPECT_THROW(decode_picture(std::span(file).first(size)), Error) << size << " of " << file.size();
    }
  }
}

TEST(DecodePicture, RefusesEveryFlippedByteOrReadsAPicture) {
  for (const std::string_view hex : {tests::kJpeg, tests::kProgressiveJpeg, tests::kWebp, tests::kClearWebp}) {
    const std::vector<std::byte> file = bytes_of_hex(hex);
    for (std::size_t place = 0; place < file.size(); ++place) {
      std::vector<std::byte> damaged = file;
      damaged[place] ^= std::byte{0x55};
      try {
        const Image image = decode_picture(damaged);
        EXPECT_EQ(image.pixels.size(), static_cast<std::size_t>(image.width * image.height * image.channels));
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kCorruptFile);
      }
    }
  }
}

TEST(DecodePicture, RefusesAnimationsAndOtherKindsByName) {
  const auto message = [](std::span<const std::byte> bytes) {
    return refusal(ErrorCode::kCorruptFile, [&] { decode_picture(bytes, "a.png"); });
  };
  EXPECT_EQ(message(bytes_of_hex(tests::kAnimatedWebp)), "'a.png' is animated, expected a single picture");
  EXPECT_EQ(message(bytes_of_hex(tests::kAnimatedPng)), "'a.png' is animated, expected a single picture");
  EXPECT_EQ(message(bytes_of_hex("474946383961")), "'a.png' is a GIF picture, expected a PNG, JPEG or WebP picture");
  EXPECT_EQ(message({}), "'a.png' is no picture, expected a PNG, JPEG or WebP picture");
}

TEST(DecodePicture, RefusesHugeSizesBeforeAskingForMemory) {
  std::vector<std::byte> file = bytes_of_hex(tests::kJpeg);
  const std::size_t frame = bytes_of_hex(tests::kJpegBeforeFrame).size();
  const auto claim = [&](std::uint8_t side) {
    for (const std::size_t place : {frame + 5, frame + 7}) file[place] = std::byte{side};
    return refusal(ErrorCode::kCorruptFile, [&] { decode_picture(file); });
  };
  EXPECT_EQ(claim(0xFF), "'picture' is 65296x65288, expected at most 134217728 pixels");
  EXPECT_EQ(claim(0x20), "'picture' is a damaged JPEG picture: the file is too small for its pixels");
}

TEST(PictureSize, IsAbsentWithoutAHead) {
  EXPECT_FALSE(picture_size({}));
  EXPECT_FALSE(picture_size(bytes_of_hex("FFD8FFD9")));
  EXPECT_FALSE(picture_size(bytes_of_hex("524946460400000057454250")));
  EXPECT_EQ(picture_size(bytes_of_hex(tests::kWebp))->width, 16);
}

}  // namespace
}  // namespace fude::io
