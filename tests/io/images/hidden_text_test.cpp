#include "io/images/hidden_text.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string_view>

namespace fude::io {
namespace {

std::string packed(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string bytes(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

std::string with_length(std::string_view signature, const std::string& content) {
  std::string bytes(signature);
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(content.size() * 8 >> shift & 0xFF);
  return bytes + content;
}

// Hides bytes in the lowest bits, column by column, of the alpha or of the three colours.
Image hiding(const std::string& bytes, bool is_in_alpha) {
  Image image{.width = 40, .height = 60, .channels = is_in_alpha ? 4 : 3, .pixels = {}};
  image.pixels.assign(static_cast<std::size_t>(40 * 60 * image.channels), 0xFE);
  std::size_t bit = 0;
  for (int x = 0; x < image.width; ++x) {
    for (int y = 0; y < image.height; ++y) {
      for (int c = is_in_alpha ? 3 : 0; c < image.channels && bit < bytes.size() * 8; ++c, ++bit) {
        image.pixels[static_cast<std::size_t>((y * image.width + x) * image.channels + c)] |=
            static_cast<unsigned char>(bytes[bit / 8]) >> (7 - bit % 8) & 1;
      }
    }
  }
  return image;
}

TEST(HiddenText, IsFoundInAlphaAndColours) {
  const std::string text = "桜\nSteps: 20, Seed: 7";
  EXPECT_EQ(hidden_text(hiding(with_length("stealth_pngcomp", packed(text)), true)), text);
  EXPECT_EQ(hidden_text(hiding(with_length("stealth_pnginfo", text), true)), text);
  EXPECT_EQ(hidden_text(hiding(with_length("stealth_rgbcomp", packed(text)), false)), text);
  EXPECT_EQ(hidden_text(hiding(with_length("stealth_rgbinfo", text), false)), text);
}

TEST(HiddenText, IsAbsentWhereNothingIsHidden) {
  EXPECT_FALSE(hidden_text({.width = 1, .height = 1, .channels = 4, .pixels = {1, 2, 3, 4}}));
  EXPECT_FALSE(hidden_text(hiding("stealth_pngcom", true)));
  EXPECT_FALSE(hidden_text(hiding(with_length("stealth_pngcomp", "no gzip"), true)));
  std::string longer = with_length("stealth_pnginfo", "short");
  longer[16] = '\x7F';
  EXPECT_FALSE(hidden_text(hiding(longer, true)));
}

}  // namespace
}  // namespace fude::io
