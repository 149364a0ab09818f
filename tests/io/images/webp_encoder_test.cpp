#include <gtest/gtest.h>
#include <webp/decode.h>

#include <memory>

#include "io/images/webp_file.h"
#include "tests/support/refusal.h"

namespace fude::io {
namespace {

Image plain(int channels, std::uint8_t value) {
  return {.width = 20, .height = 10, .channels = channels, .pixels = std::vector<std::uint8_t>(200u * channels, value)};
}

TEST(WebpEncoder, WritesWhatDecodersRead) {
  for (const int channels : {1, 3, 4}) {
    const std::vector<std::byte> bytes = encode_webp(plain(channels, 90));
    int width = 0, height = 0;
    const std::unique_ptr<std::uint8_t, decltype(&WebPFree)> pixels(
        WebPDecodeRGBA(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), &width, &height), WebPFree);
    ASSERT_NE(pixels, nullptr);
    EXPECT_EQ(width, 20);
    EXPECT_EQ(height, 10);
    EXPECT_NEAR(pixels.get()[0], 90, 3);
    EXPECT_EQ(pixels.get()[3], channels == 4 ? 90 : 255);
  }
}

TEST(WebpEncoder, RefusesSizesThatDoNotFit) {
  Image image = plain(3, 0);
  image.width = 21;
  tests::refusal(ErrorCode::kInvalidArgument, [&] { encode_webp(image); });
  image = {.width = 20000, .height = 1, .channels = 1, .pixels = std::vector<std::uint8_t>(20000)};
  tests::refusal(ErrorCode::kInvalidArgument, [&] { encode_webp(image); });
}

}  // namespace
}  // namespace fude::io
