#include "io/images/embedding_picture.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "core/error.h"
#include "io/images/png_file.h"
#include "tests/support/zlib_writer.h"

namespace fude::io {
namespace {

constexpr std::string_view kJson = R"({"string_to_param": {"*": {"TORCHTENSOR": [[0.5, -1.25]]}}, "name": "inner"})";

/// Writes as the web UI does: panel, black column, picture, black column, panel.
class HiddenText {
 public:
  HiddenText(std::string_view text, int height) : bytes_(tests::zlib_stream(text)), height_(height) {
    const std::size_t column = static_cast<std::size_t>(height) * 3;
    bytes_.resize((bytes_.size() / column + 1) * column, 'x');  // what follows the stream is filling
    panel_ = static_cast<int>(bytes_.size() / column);
  }

  Image image() const {
    constexpr int kPicture = 5;
    Image image{.width = 2 * panel_ + kPicture + 2, .height = height_, .channels = 3, .pixels = {}};
    image.pixels.resize(static_cast<std::size_t>(image.width * height_ * 3));
    paint(image, 0, 0);
    for (int y = 0; y < height_; ++y) {
      for (int x = 0; x < kPicture * 3; ++x) at(image, panel_ + 1, y, x) = 0x77;
    }
    paint(image, panel_ + kPicture + 2, 4);
    return image;
  }

 private:
  static std::uint8_t& at(Image& image, int x, int y, int channel) {
    return image.pixels[static_cast<std::size_t>((y * image.width + x) * 3 + channel)];
  }

  void paint(Image& image, int left, int shift) const {
    std::uint32_t state = 0;
    for (int y = 0; y < height_; ++y) {
      for (int i = 0; i < panel_ * 3; ++i) {
        state = state * 1664525U + 1013904223U;
        const auto byte = static_cast<std::uint8_t>(bytes_[static_cast<std::size_t>(y * panel_ * 3 + i)]);
        const std::uint32_t nibble = (byte >> shift & 0x0F) ^ (state % 255 & 0x0F);
        at(image, left, y, i) = static_cast<std::uint8_t>(0xA0 | nibble);
      }
    }
  }

  std::string bytes_;
  int height_;
  int panel_;
};

std::optional<std::string> found_in(const Image& image, const std::vector<PngText>& texts = {}) {
  return find_embedding_json(encode_png(image, texts), "picture");
}

TEST(EmbeddingPicture, IsReadFromItsText) {
  const Image dot{.width = 1, .height = 1, .channels = 1, .pixels = {0}};
  EXPECT_EQ(found_in(dot, {{.keyword = "sd-ti-embedding", .text = "eyJhIjogMX0="}}), R"({"a": 1})");
  EXPECT_EQ(found_in(dot, {{.keyword = "sd-ti-embedding", .text = "not base64!"}}), std::nullopt);
}

TEST(EmbeddingPicture, IsReadFromItsPixels) { EXPECT_EQ(found_in(HiddenText(kJson, 7).image()), kJson); }

TEST(EmbeddingPicture, IsReadThroughABlackBorder) {
  const Image inner = HiddenText(kJson, 7).image();
  Image outer{.width = inner.width + 4, .height = inner.height + 2, .channels = 3, .pixels = {}};
  outer.pixels.resize(static_cast<std::size_t>(outer.width * outer.height * 3));
  for (int y = 0; y < inner.height; ++y) {
    std::copy_n(inner.pixels.begin() + y * inner.width * 3, inner.width * 3,
                outer.pixels.begin() + ((y + 1) * outer.width + 2) * 3);
  }
  EXPECT_EQ(found_in(outer), kJson);
}

TEST(EmbeddingPicture, IsNoneWithoutSoundData) {
  Image damaged = HiddenText(kJson, 7).image();
  damaged.pixels[0] ^= 1;
  EXPECT_EQ(found_in(damaged), std::nullopt);
  EXPECT_EQ(found_in({.width = 4, .height = 1, .channels = 3, .pixels = std::vector<std::uint8_t>(12, 0x77)}),
            std::nullopt);
  EXPECT_EQ(found_in({.width = 4, .height = 1, .channels = 3, .pixels = std::vector<std::uint8_t>(12, 0)}),
            std::nullopt);
  const std::string nonsense = "no picture";
  EXPECT_THROW(find_embedding_json(std::as_bytes(std::span(nonsense)), "x"), Error);
}

}  // namespace
}  // namespace fude::io
