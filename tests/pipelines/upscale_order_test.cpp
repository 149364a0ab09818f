#include "pipelines/upscale_order.h"

#include <gtest/gtest.h>

#include <string>

#include "core/error.h"

namespace fude::pipelines {
namespace {

std::string refusal(std::string_view text) {
  try {
    parse_upscale_order(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

TEST(UpscaleOrder, ReadsAFactorAndAFile) {
  const UpscaleOrder order = parse_upscale_order(
      R"({"file": "a/b.png", "upscaler": "Lanczos", "factor": 1.5, "second_upscaler": "Nearest", "second_share": 0.25})");
  EXPECT_EQ(order.file, "a/b.png");
  EXPECT_EQ(order.request.mode, 0);
  EXPECT_EQ(order.request.factor, 1.5);
  EXPECT_EQ(order.request.upscaler, "Lanczos");
  EXPECT_EQ(order.request.second_share, 0.25);
}

TEST(UpscaleOrder, ReadsHowMuchOfRestoredFacesShows) {
  const UpscaleOrder order = parse_upscale_order(
      R"({"file": "a.png", "gfpgan_visibility": 0.5, "codeformer_visibility": 1, "codeformer_weight": 0.25})");
  EXPECT_EQ(order.request.gfpgan_visibility, 0.5);
  EXPECT_EQ(order.request.codeformer_visibility, 1);
  EXPECT_EQ(order.request.codeformer_weight, 0.25);
  EXPECT_EQ(refusal(R"({"file": "a.png", "gfpgan_visibility": 2})"), "gfpgan_visibility is 2, expected 0..1");
}

TEST(UpscaleOrder, ReadsASizeAndAPictureWithItsPrefix) {
  const UpscaleOrder order =
      parse_upscale_order(R"({"image": "data:image/png;base64,QUJD", "width": 640, "height": 480, "crops": false})");
  ASSERT_TRUE(order.image);
  EXPECT_EQ(*order.image, "ABC");
  EXPECT_EQ(order.request.mode, 1);
  EXPECT_EQ(order.request.width, 640);
  EXPECT_FALSE(order.request.crops);
}

TEST(UpscaleOrder, WantsExactlyOnePicture) {
  EXPECT_NE(refusal(R"({"upscaler": "Lanczos"})").find("none"), std::string::npos);
  EXPECT_NE(refusal(R"({"file": "a.png", "image": "QUJD"})").find("two"), std::string::npos);
}

TEST(UpscaleOrder, IsReadWithAPictureThatIsKeptApart) {
  const std::string whole = R"({"image": "QUJD", "upscaler": "Lanczos", "width": 640, "height": 480})";
  const std::string apart = without_picture(whole);
  EXPECT_EQ(apart.find("QUJD"), std::string::npos);
  EXPECT_NE(refusal(apart).find("none"), std::string::npos);
  const UpscaleOrder order = parse_upscale_order(apart, picture_bytes("DEF"));
  EXPECT_EQ(*order.image, "DEF");
  EXPECT_EQ(order.request.upscaler, "Lanczos");
  EXPECT_EQ(order.request.mode, 1);
}

TEST(UpscaleOrder, TakesFilesOfTheOutputsFolderOnly) {
  for (const char* file : {"/etc/passwd", "../x.png", "a/../../x.png", "a/.."}) {
    EXPECT_NE(refusal(R"({"file": ")" + std::string(file) + R"("})").find("outputs folder"), std::string::npos) << file;
  }
}

TEST(UpscaleOrder, RefusesWhatIsNotMeant) {
  EXPECT_NE(refusal("[]").find("JSON object"), std::string::npos);
  EXPECT_NE(refusal(R"({"file": "a.png", "factr": 2})").find("factor"), std::string::npos);
  EXPECT_NE(refusal(R"({"file": "a.png", "factor": "2"})").find("number"), std::string::npos);
  EXPECT_NE(refusal(R"({"file": "a.png", "factor": 1000})").find("1000"), std::string::npos);
  EXPECT_NE(refusal(R"({"file": "a.png", "tile": 1.5})").find("whole"), std::string::npos);
  EXPECT_NE(refusal(R"({"image": "%%"})").find("base64"), std::string::npos);
}

}  // namespace
}  // namespace fude::pipelines
