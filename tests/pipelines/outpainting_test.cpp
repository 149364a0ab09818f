#include "pipelines/outpainting.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace fude::pipelines {
namespace {

GenerationRequest request_of(int width, int height) {
  io::Image image{.width = width, .height = height, .channels = 3, .pixels = {}};
  for (int i = 0; i < width * height * 3; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i * 7));
  GenerationRequest request;
  request.seed = 5;
  request.sources.init_images = {png_of(image)};
  return request;
}

TEST(Outpainting, LaysThePictureOnALargerGround) {
  const GenerationRequest before = request_of(64, 72);
  const GenerationRequest after =
      outpainting_request(before, {.right = false, .up = false, .down = false, .pixels = 16, .mask_blur = 4});
  EXPECT_EQ(after.width, 80);
  EXPECT_EQ(after.height, 72);
  EXPECT_EQ(after.denoising_strength, 0.8);
  const io::Image small = decode_source(before.sources.init_images[0], "a");
  const io::Image large = decode_source(after.sources.init_images[0], "b"),
                  mask = decode_source(after.sources.mask, "c");
  ASSERT_EQ(large.width, 80);
  for (int y = 0; y < 72; ++y) {
    for (int x = 0; x < 80; ++x) {
      const auto place = static_cast<std::size_t>(y * 80 + x);
      ASSERT_EQ(mask.pixels[place], x < 20 ? 255 : 0);
      if (x >= 16) {
        ASSERT_EQ(large.pixels[place * 3], small.pixels[static_cast<std::size_t>(y * 64 + x - 16) * 3]);
      }
    }
  }
  // What is new begins like the mirrored edge and is not empty.
  EXPECT_NEAR(large.pixels[15 * 3], small.pixels[1 * 3], 40);
}

TEST(Outpainting, ComesToWholeCells) {
  const GenerationRequest after = outpainting_request(request_of(61, 70), {.up = false, .down = false, .pixels = 8});
  EXPECT_EQ(after.width, 80);
  EXPECT_EQ(after.height, 64);
}

TEST(Outpainting, GivesTheSameBytesTwice) {
  const auto bytes = [] { return *outpainting_request(request_of(64, 64), {}).sources.init_images[0]; };
  EXPECT_EQ(bytes(), bytes());
}

TEST(Outpainting, RefusesWhatCannotGrow) {
  EXPECT_THROW(outpainting_request({}, {}), Error);
  EXPECT_THROW(outpainting_request(request_of(64, 64), {.left = false, .right = false, .up = false, .down = false}),
               Error);
  EXPECT_THROW(outpainting_request(request_of(64, 64), {.pixels = 4}), Error);
  EXPECT_THROW(outpainting_request(request_of(64, 64), {.mask_blur = 257}), Error);
  EXPECT_THROW(outpainting_request(request_of(64, 64), {.fall_off = 5}), Error);
  EXPECT_THROW(outpainting_request(request_of(64, 64), {.color_variation = -1}), Error);
  GenerationRequest masked = request_of(64, 64);
  masked.sources.mask = masked.sources.init_images[0];
  EXPECT_THROW(outpainting_request(masked, {}), Error);
}

}  // namespace
}  // namespace fude::pipelines
