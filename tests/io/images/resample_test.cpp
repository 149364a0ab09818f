#include "io/images/resample.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "tests/io/images/golden_pictures.h"

namespace fude::io {
namespace {

const std::map<std::string, ResampleFilter> kFilters{
    {"NEAREST", ResampleFilter::kNearest},   {"BOX", ResampleFilter::kBox},
    {"BILINEAR", ResampleFilter::kBilinear}, {"HAMMING", ResampleFilter::kHamming},
    {"BICUBIC", ResampleFilter::kBicubic},   {"LANCZOS", ResampleFilter::kLanczos}};

TEST(Resample, GivesTheBytesOfPillow) {
  const TensorFile golden = TensorFile::open(FUDE_GOLDEN_DIR "/images/resize.safetensors");
  const auto cases = nlohmann::json::parse(std::ifstream(FUDE_GOLDEN_DIR "/images/resize.json")).at("cases");
  int count = 0;
  for (const nlohmann::json& row : cases) {
    if (row.at("op") != "PIL.resize") continue;
    const Image expected = golden_picture(golden, row.at("tensor"));
    const Image resampled = resample(golden_picture(golden, row.at("input")), row.at("size")[0], row.at("size")[1],
                                     kFilters.at(row.at("filter")));
    EXPECT_EQ(resampled.width, expected.width);
    EXPECT_EQ(resampled.height, expected.height);
    EXPECT_EQ(resampled.channels, expected.channels);
    EXPECT_EQ(resampled.pixels, expected.pixels) << row.dump();
    ++count;
  }
  EXPECT_EQ(count, 73);
}

TEST(Resample, GivesTheSamePictureAtItsOwnSize) {
  const Image image{.width = 2, .height = 1, .channels = 4, .pixels = {9, 8, 7, 3, 200, 100, 50, 0}};
  EXPECT_EQ(resample(image, 2, 1, ResampleFilter::kLanczos).pixels, image.pixels);
}

TEST(Resample, KeepsColoursOfTransparentPartsOut) {
  const Image image{.width = 2, .height = 1, .channels = 4, .pixels = {255, 0, 0, 255, 0, 255, 0, 0}};
  const Image half = resample(image, 1, 1, ResampleFilter::kBox);
  EXPECT_EQ(half.pixels, (std::vector<std::uint8_t>{255, 0, 0, 128}));
}

TEST(Resample, TakesAPartOfThePicture) {
  const Image image{.width = 4, .height = 1, .channels = 1, .pixels = {10, 20, 30, 40}};
  const ResampleBox right{.left = 2, .top = 0, .right = 4, .bottom = 1};
  EXPECT_EQ(resample(image, 1, 1, ResampleFilter::kBox, right).pixels, (std::vector<std::uint8_t>{35}));
  EXPECT_EQ(resample(image, 2, 1, ResampleFilter::kNearest, right).pixels, (std::vector<std::uint8_t>{30, 40}));
}

TEST(Resample, ShrinksThePicturesOfOnePixelLine) {
  const Image line{.width = 30000, .height = 1, .channels = 1, .pixels = std::vector<std::uint8_t>(30000, 77)};
  EXPECT_EQ(resample(line, 1, 1, ResampleFilter::kLanczos).pixels, (std::vector<std::uint8_t>{77}));
}

TEST(Resample, RefusesImpossibleSizes) {
  const Image image{.width = 1, .height = 1, .channels = 3, .pixels = {1, 2, 3}};
  EXPECT_THROW(resample(image, 0, 1, ResampleFilter::kBox), Error);
  EXPECT_THROW(resample(image, 1, -1, ResampleFilter::kBox), Error);
  EXPECT_THROW(resample(image, 1 << 20, 1 << 20, ResampleFilter::kBox), Error);
  EXPECT_THROW(resample(Image{}, 1, 1, ResampleFilter::kBox), Error);
  EXPECT_THROW(resample({.width = 1, .height = 1, .channels = 3, .pixels = {1}}, 1, 1, ResampleFilter::kBox), Error);
}

TEST(Resample, RefusesBoxesThatLeaveThePicture) {
  const Image image{.width = 1, .height = 1, .channels = 3, .pixels = {1, 2, 3}};
  const ResampleBox wide{.right = 2, .bottom = 1}, reversed{.left = 1, .right = 0, .bottom = 1};
  EXPECT_THROW(resample(image, 1, 1, ResampleFilter::kBox, wide), Error);
  EXPECT_THROW(resample(image, 1, 1, ResampleFilter::kBox, reversed), Error);
}

}  // namespace
}  // namespace fude::io
