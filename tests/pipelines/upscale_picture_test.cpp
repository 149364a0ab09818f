#include "pipelines/upscale_picture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "io/images/fit.h"
#include "io/tensor_file.h"
#include "models/upscalers/load_upscaler.h"
#include "tests/io/images/golden_pictures.h"
#include "tests/support/tiny_upscalers.h"

namespace fude::pipelines {
namespace {

LoadedUpscaler classic(const std::string& name) {
  const UpscalerLibrary library(ModelLibrary("/nowhere"));
  return library.load(name, {});
}

LoadedUpscaler network(int64_t scale) {
  return {.name = "tiny", .network = models::load_upscaler(tests::tiny_compact(scale).open(), at::kFloat, at::kCPU)};
}

io::Image picture_of(int width, int height, int channels = 3) {
  io::Image image{.width = width, .height = height, .channels = channels, .pixels = {}};
  for (int i = 0; i < width * height * channels; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i * 73 % 251));
  return image;
}

TEST(Enlarge, GivesTheWebUisPictureInItsResizeModes) {
  const io::TensorFile golden = io::TensorFile::open(FUDE_GOLDEN_DIR "/images/resize.safetensors");
  const auto cases = nlohmann::json::parse(std::ifstream(FUDE_GOLDEN_DIR "/images/resize.json")).at("cases");
  int count = 0;
  for (const nlohmann::json& row : cases) {
    if (row.at("op") != "resize_image" || row.at("upscaler").is_null()) continue;
    const LoadedUpscaler upscaler = classic(row.at("upscaler"));
    const io::Image fitted =
        io::fit(io::golden_picture(golden, row.at("input")), row.at("size")[0], row.at("size")[1],
                static_cast<io::FitMode>(row.at("resize_mode").get<int>()),
                [&](const io::Image& image, double factor) { return enlarge(upscaler, image, factor); });
    EXPECT_EQ(fitted.pixels, io::golden_picture(golden, row.at("tensor")).pixels) << row.dump();
    ++count;
  }
  EXPECT_EQ(count, 16);
}

TEST(Enlarge, RunsANetworkUntilTheSizeIsReached) {
  int runs = 0;
  const UpscaleEvents events{.on_plan = [&](const std::string&) { ++runs; }};
  const io::Image large = enlarge(network(2), picture_of(11, 9), 6.5, {}, events);
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(large.width, 64);
  EXPECT_EQ(large.height, 56);
}

TEST(Enlarge, KeepsTransparency) {
  io::Image picture = picture_of(16, 16, 4);
  for (std::size_t i = 3; i < picture.pixels.size(); i += 4) picture.pixels[i] = i < 512 ? 0 : 255;
  const io::Image large = enlarge(network(2), picture, 2);
  ASSERT_EQ(large.channels, 4);
  EXPECT_EQ(large.pixels[3], 0);
  EXPECT_EQ(large.pixels.back(), 255);
}

TEST(Enlarge, StopsWhenAskedTo) {
  const UpscaleEvents events{.on_tile = [](std::int64_t done, std::int64_t) {
    if (done == 1) fail(ErrorCode::kCancelled, "stopped");
  }};
  EXPECT_THROW(enlarge(network(2), picture_of(40, 40), 2, {.side = 16, .overlap = 0}, events), Error);
}

TEST(UpscalePicture, SaysWhatItDid) {
  const UpscaledPicture by =
      upscale_picture(picture_of(20, 13), {.factor = 1.5, .upscaler = "Lanczos"}, classic("Lanczos"), classic("None"));
  EXPECT_EQ(by.image.width, 24);  // 30 floored to a multiple of 8
  EXPECT_EQ(by.image.height, 16);
  EXPECT_EQ(by.text, "Postprocess upscale by: 1.5, Postprocess upscaler: Lanczos");
  const UpscaledPicture to =
      upscale_picture(picture_of(20, 13), {.mode = 1, .width = 50, .height = 50}, classic("box"), classic("None"));
  EXPECT_EQ(to.image.width, 50);
  EXPECT_EQ(to.image.height, 50);
  EXPECT_EQ(to.text, "Postprocess upscale to: 50x50, Postprocess crop to: 50x50, Postprocess upscaler: Box");
}

TEST(UpscalePicture, KeepsWhatHangsOverWhereAsked) {
  const UpscaledPicture to = upscale_picture(picture_of(20, 10), {.mode = 1, .width = 50, .height = 50, .crops = false},
                                             classic("Box"), classic("None"));
  EXPECT_EQ(to.image.width, 100);
  EXPECT_EQ(to.image.height, 50);
}

TEST(UpscalePicture, StaysBelowTheLongestSide) {
  const UpscaledPicture made =
      upscale_picture(picture_of(20, 10), {.factor = 4, .longest_side = 50}, classic("Box"), classic("None"));
  EXPECT_EQ(made.image.width, 50);
  EXPECT_EQ(made.image.height, 25);
}

TEST(UpscalePicture, BlendsTwoUpscalers) {
  const io::Image picture = picture_of(16, 16);
  UpscaleRequest request{.factor = 2, .second_share = 0.25};
  const auto made = [&](const char* first, const char* second) {
    return upscale_picture(picture, request, classic(first), classic(second));
  };
  const UpscaledPicture both = made("Nearest", "Lanczos");
  const io::Image nearest = made("Nearest", "None").image, lanczos = made("Lanczos", "None").image;
  EXPECT_NE(both.text.find("Postprocess upscaler 2: Lanczos"), std::string::npos);
  for (std::size_t i = 0; i < both.image.pixels.size(); ++i)
    EXPECT_NEAR(both.image.pixels[i], 0.75 * nearest.pixels[i] + 0.25 * lanczos.pixels[i], 1);
}

TEST(UpscalePicture, DoesNothingWithNone) {
  const UpscaledPicture made = upscale_picture(picture_of(9, 9), {}, classic("None"), classic("None"));
  EXPECT_EQ(made.image.width, 9);
  EXPECT_EQ(made.text, "");
}

TEST(UpscalePicture, RefusesValuesOutOfRangeAndHugeResults) {
  const io::Image picture = picture_of(9, 9);
  const auto refuses = [&](const UpscaleRequest& request, const io::Image& image) {
    EXPECT_THROW(upscale_picture(image, request, classic("Box"), classic("None")), Error);
  };
  refuses({.factor = 9}, picture);
  refuses({.factor = std::nan("")}, picture);
  refuses({.mode = 1, .width = 0}, picture);
  refuses({.factor = 2, .second_share = 1.5}, picture);
  refuses({.factor = 8}, picture_of(3000, 2000, 1));
}

}  // namespace
}  // namespace fude::pipelines
