#include "pipelines/inpaint_mask.h"

#include <gtest/gtest.h>

#include "io/images/blur.h"
#include "io/images/resample.h"
#include "pipelines/latent_upscale.h"
#include "tests/io/images/golden_pictures.h"
#include "tests/support/golden.h"

namespace fude::pipelines {
namespace {

using io::golden_picture;
using io::Image;

class InpaintMask : public ::testing::Test {
 protected:
  io::TensorFile golden_ = io::TensorFile::open(tests::golden_path("images/masks.safetensors"));
  nlohmann::json cases_ = tests::golden_json("images/masks.json").at("cases");
};

TEST_F(InpaintMask, IsBlurredAsRecorded) {
  for (const nlohmann::json& row : cases_) {
    if (!row.contains("sigma")) continue;
    const std::string name = row.at("tensor");
    const Image mask = golden_picture(golden_, name.substr(0, name.find(".blur")));
    const int sigma = row.at("sigma");
    EXPECT_EQ(io::gaussian_blur(mask, sigma, sigma).pixels, golden_picture(golden_, name).pixels) << name;
  }
}

Region region_of(const nlohmann::json& corners) {
  return {.left = corners[0], .top = corners[1], .right = corners[2], .bottom = corners[3]};
}

TEST_F(InpaintMask, IsCutOutAsRecorded) {
  int count = 0;
  for (const nlohmann::json& row : cases_) {
    if (row.at("op") != "crop") continue;
    const Image mask = golden_picture(golden_, row.at("mask"));
    const std::optional<Region> region = masked_region(mask, row.at("pad"));
    ASSERT_TRUE(region);
    EXPECT_EQ(*region, region_of(row.at("region")));
    EXPECT_EQ(widened(*region, row.at("processing")[0], row.at("processing")[1], mask.width, mask.height),
              region_of(row.at("expanded")))
        << row.dump();
    ++count;
  }
  EXPECT_EQ(count, 27);
}

TEST_F(InpaintMask, IsFilledAndLaidOverAsRecorded) {
  for (int i = 0; i < 3; ++i) {
    const std::string mask = "mask." + std::to_string(i);
    const Image blurred = golden_picture(golden_, mask + ".blur.4");
    const Image picture = golden_picture(golden_, mask + ".fill_input");
    EXPECT_EQ(filled(picture, blurred).pixels, golden_picture(golden_, mask + ".fill").pixels) << mask;
    const Image overlay = overlay_of(picture, blurred);
    EXPECT_EQ(overlay.pixels, golden_picture(golden_, mask + ".overlay").pixels) << mask;
    const Image result = overlaid(golden_picture(golden_, mask + ".generated"), overlay, std::nullopt);
    EXPECT_EQ(result.pixels, golden_picture(golden_, mask + ".composited").pixels) << mask;
  }
}

TEST_F(InpaintMask, IsBlackWhereNothingIsMasked) {
  EXPECT_FALSE(masked_region({.width = 2, .height = 1, .channels = 1, .pixels = {0, 0}}, 5));
}

TEST_F(InpaintMask, IsTheAlphaOfWhatIsPartlyTransparent) {
  const Image opaque{.width = 1, .height = 1, .channels = 4, .pixels = {10, 10, 10, 255}};
  EXPECT_EQ(mask_of(opaque, true).pixels[0], 10);
  const Image clear{.width = 2, .height = 1, .channels = 4, .pixels = {10, 10, 10, 128, 0, 0, 0, 129}};
  EXPECT_EQ(mask_of(clear, true).pixels, (std::vector<std::uint8_t>{0, 255}));
  EXPECT_EQ(mask_of(clear, false).pixels, (std::vector<std::uint8_t>{128, 129}));
}

TEST(LatentUpscale, EnlargesAsRecorded) {
  const io::TensorFile golden = io::TensorFile::open(tests::golden_path("sampling/latent_resize.safetensors"));
  const nlohmann::json list = tests::golden_json("sampling/latent_resize.json");
  for (const nlohmann::json& row : list.at("cases")) {
    const LatentUpscaler* upscaler = find_latent_upscaler(row.at("mode").get<std::string>());
    ASSERT_NE(upscaler, nullptr) << row.dump();
    const at::Tensor expected = golden.tensor(row.at("tensor").get<std::string>());
    const at::Tensor actual = upscaler->run(golden.tensor("resize.input"), expected.size(2), expected.size(3));
    EXPECT_LE(tests::max_difference(actual, expected), 1e-5) << row.dump();
  }
}

}  // namespace
}  // namespace fude::pipelines
