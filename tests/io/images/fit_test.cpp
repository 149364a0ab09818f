#include "io/images/fit.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "io/images/resample.h"
#include "tests/io/images/golden_pictures.h"

namespace fude::io {
namespace {

TEST(Fit, FollowsTheResizeModesOfTheWebUi) {
  const TensorFile golden = TensorFile::open(FUDE_GOLDEN_DIR "/images/resize.safetensors");
  const auto cases = nlohmann::json::parse(std::ifstream(FUDE_GOLDEN_DIR "/images/resize.json")).at("cases");
  int count = 0;
  for (const nlohmann::json& row : cases) {
    if (row.at("op") != "resize_image" || !row.at("upscaler").is_null()) continue;
    const Image fitted = fit(golden_picture(golden, row.at("input")), row.at("size")[0], row.at("size")[1],
                             static_cast<FitMode>(row.at("resize_mode").get<int>()));
    EXPECT_EQ(fitted.pixels, golden_picture(golden, row.at("tensor")).pixels) << row.dump();
    ++count;
  }
  EXPECT_EQ(count, 24);
}

TEST(Fit, EnlargesOnlyWhatMustGrow) {
  const Image image{.width = 2, .height = 2, .channels = 1, .pixels = {1, 2, 3, 4}};
  double factor = 0;
  const Enlarge enlarge = [&factor](const Image& small, double by) {
    factor = by;
    return resample(small, 5, 5, ResampleFilter::kNearest);
  };
  EXPECT_EQ(fit(image, 4, 3, FitMode::kStretch, enlarge).width, 4);
  EXPECT_EQ(factor, 2);
  factor = 0;
  EXPECT_EQ(fit(image, 2, 1, FitMode::kStretch, enlarge).height, 1);
  EXPECT_EQ(factor, 0);
}

TEST(Fit, CropsAndFillsThinPictures) {
  const Image line{.width = 4000, .height = 1, .channels = 1, .pixels = std::vector<std::uint8_t>(4000, 9)};
  EXPECT_EQ(fit(line, 8, 8, FitMode::kCrop).pixels, std::vector<std::uint8_t>(64, 9));
  EXPECT_EQ(fit(line, 8, 8, FitMode::kFill).pixels, std::vector<std::uint8_t>(64, 9));
}

TEST(Fit, RefusesSizesBelowOne) {
  const Image image{.width = 1, .height = 1, .channels = 1, .pixels = {1}};
  EXPECT_THROW(fit(image, 0, 4, FitMode::kCrop), Error);
  EXPECT_THROW(fit(Image{}, 4, 4, FitMode::kFill), Error);
}

}  // namespace
}  // namespace fude::io
