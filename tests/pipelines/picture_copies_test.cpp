#include "pipelines/picture_copies.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/pipelines/golden_runs.h"

namespace fude::pipelines {
namespace {

io::Image filled_with(int channels, std::uint8_t shade) {
  return {.width = 64,
          .height = 64,
          .channels = channels,
          .pixels = std::vector<std::uint8_t>(static_cast<std::size_t>(64 * 64 * channels), shade)};
}

class PictureCopies : public ::testing::Test {
 protected:
  PictureModel model_ = load("micro-sd1");
  GenerationRequest request_ = cat_request(1, 64);

  PictureCopies() { request_.sampler = "Euler"; }

  // The left half is made anew.
  void inpaint() {
    request_.sources.init_images = {png_of(filled_with(3, 99))};
    io::Image mask = filled_with(1, 0);
    for (int y = 0; y < 64; ++y) std::fill_n(mask.pixels.begin() + y * 64, 32, std::uint8_t{255});
    request_.sources.mask = png_of(mask);
    request_.mask_blur = 0;
  }

  FinishedPicture made() { return run(model_, request_).pictures.at(0); }
};

TEST_F(PictureCopies, AreNotMadeUnlessAskedFor) {
  EXPECT_TRUE(made().copies.empty());
  inpaint();
  const FinishedPicture picture = made();
  EXPECT_TRUE(picture.copies.empty());
  EXPECT_FALSE(picture.init);
  EXPECT_EQ(picture.infotext.find("Init image hash"), std::string::npos);
}

TEST_F(PictureCopies, KeepTheFirstPassOfHiresFix) {
  const std::vector<std::uint8_t> first = made().image.pixels;
  request_.enable_hr = request_.save_images_before_highres_fix = true;
  const FinishedPicture picture = made();
  ASSERT_EQ(picture.copies.size(), 1u);
  EXPECT_EQ(picture.copies[0].suffix, "-before-highres-fix");
  EXPECT_EQ(picture.copies[0].image.pixels, first);
  EXPECT_EQ(picture.image.width, 128);
}

TEST_F(PictureCopies, KeepThePictureBeforeItsColoursWereCorrected) {
  request_.sources.init_images = {png_of(filled_with(3, 99))};
  const std::vector<std::uint8_t> plain = made().image.pixels;
  request_.img2img_color_correction = request_.save_images_before_color_correction = true;
  const FinishedPicture picture = made();
  ASSERT_EQ(picture.copies.size(), 1u);
  EXPECT_EQ(picture.copies[0].suffix, "-before-color-correction");
  EXPECT_EQ(picture.copies[0].image.pixels, plain);
  EXPECT_NE(picture.image.pixels, plain);
}

TEST_F(PictureCopies, ShowTheMaskAndWhatWasMadeBelowIt) {
  inpaint();
  request_.save_mask = request_.return_mask_composite = true;
  const FinishedPicture picture = made();
  ASSERT_EQ(picture.copies.size(), 2u);
  const PictureCopy &mask = picture.copies[0], &composite = picture.copies[1];
  EXPECT_EQ(mask.suffix, "-mask");
  EXPECT_TRUE(mask.is_kept && !mask.is_returned);
  EXPECT_EQ(mask.image.channels, 3);
  EXPECT_EQ(mask.image.pixels[0], 255);
  EXPECT_EQ(mask.image.pixels[63 * 3], 0);
  EXPECT_EQ(composite.suffix, "-mask-composite");
  EXPECT_TRUE(!composite.is_kept && composite.is_returned);
  ASSERT_EQ(composite.image.channels, 4);
  EXPECT_EQ(composite.image.pixels[3], 255);
  EXPECT_EQ(composite.image.pixels[63 * 4 + 3], 0);
  EXPECT_TRUE(
      std::equal(picture.image.pixels.begin(), picture.image.pixels.begin() + 3, composite.image.pixels.begin()));
}

TEST_F(PictureCopies, LieInTheWholePictureWhereOnlyThePartWasMade) {
  inpaint();
  request_.inpaint_full_res = request_.save_mask = request_.save_mask_composite = true;
  request_.inpaint_full_res_padding = 0;
  const FinishedPicture picture = made();
  ASSERT_EQ(picture.copies.size(), 2u);
  for (const PictureCopy& copy : picture.copies) {
    EXPECT_EQ(copy.image.width, 64);
    EXPECT_EQ(copy.image.height, 64);
  }
}

TEST_F(PictureCopies, NameThePictureThatWasStartedFromByItsMd5) {
  request_.sources.init_images = {png_of(filled_with(3, 0))};
  request_.save_init_img = true;
  const FinishedPicture picture = made();
  ASSERT_TRUE(picture.init);
  // head -c 12288 /dev/zero | md5sum
  EXPECT_EQ(picture.init->md5, "4072783b8efb99a9e5817067d68f61c6");
  EXPECT_EQ(picture.init->image.pixels, filled_with(3, 0).pixels);
  EXPECT_NE(picture.infotext.find("Init image hash: " + picture.init->md5), std::string::npos) << picture.infotext;
}

}  // namespace
}  // namespace fude::pipelines
