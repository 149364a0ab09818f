#include <gmock/gmock.h>

#include "core/base64.h"
#include "io/images/png_file.h"
#include "tests/server/studio_routes.h"

namespace fude::server {
namespace {

using testing::HasSubstr;

const std::string kRoute = "/sdapi/v1/img2img";

constexpr int kSide = 64;

class SdapiPictureScripts : public StudioRoutes {
 protected:
  static io::Image start() {
    io::Image image{.width = kSide, .height = kSide, .channels = 3, .pixels = {}};
    for (int i = 0; i < kSide * kSide * 3; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i * 7 % 256));
    return image;
  }

  static Json body(const std::string& script, const Json& arguments, const Json& members = Json::object()) {
    Json body{{"init_images", {base64_encode(io::encode_png(start()))}},
              {"prompt", "sky"},
              {"steps", 2},
              {"width", kSide},
              {"height", kSide},
              {"seed", 5},
              {"sampler_name", "Euler"},
              {"denoising_strength", 0.8},
              {"script_name", script},
              {"script_args", arguments}};
    body.update(members);
    return body;
  }

  Json run(const std::string& script, const Json& arguments, const Json& members = Json::object()) const {
    return post(kRoute, body(script, arguments, members));
  }

  Response refusal(const std::string& script, const Json& arguments) const {
    return ask("POST", kRoute, body(script, arguments).dump());
  }

  static io::Image picture(const Json& answer, std::size_t index) {
    const std::string bytes = *base64_decode(answer["images"].at(index).get<std::string>());
    return io::decode_png(std::as_bytes(std::span(bytes)));
  }

  static Json info(const Json& answer) { return Json::parse(answer["info"].get<std::string>()); }
};

TEST_F(SdapiPictureScripts, LoopbackFeedsPicturesBack) {
  const Json answer = run("Loopback", {3, 0.2, "Linear", "None"});
  ASSERT_EQ(answer["images"].size(), 4u);
  EXPECT_EQ(picture(answer, 0).width, 3 * kSide) << "the loops in a row";
  const Json told = info(answer);
  EXPECT_EQ(told["index_of_first_image"], 1);
  EXPECT_EQ(told["all_seeds"], Json({5, 5, 6, 7}));
  EXPECT_THAT(told["infotexts"][1].get<std::string>(), HasSubstr("Denoising strength: 0.8"));
  EXPECT_THAT(told["infotexts"][2].get<std::string>(), HasSubstr("Denoising strength: 0.5"));
  EXPECT_THAT(told["infotexts"][3].get<std::string>(), HasSubstr("Final denoising strength: 0.2"));
  EXPECT_NE(picture(answer, 1).pixels, picture(answer, 2).pixels);
}

TEST_F(SdapiPictureScripts, LoopbackStartsWithWhatImg2ImgGives) {
  const Json plain = post(kRoute, body("None", Json::array()));
  EXPECT_EQ(picture(run("loopback", {1}), 0).pixels, picture(plain, 0).pixels);
}

TEST_F(SdapiPictureScripts, OutpaintingMakesThePictureLarger) {
  const Json answer = run("Outpainting mk2", {"", 16, 0, {"left"}, 1, 0.05});
  ASSERT_EQ(answer["images"].size(), 1u);
  const io::Image large = picture(answer, 0), small = start();
  ASSERT_EQ(large.width, kSide + 16);
  ASSERT_EQ(large.height, kSide);
  for (int y = 0; y < kSide; ++y) {
    EXPECT_EQ(large.pixels[static_cast<std::size_t>(3 * (y * large.width + large.width - 1))],
              small.pixels[static_cast<std::size_t>(3 * (y * kSide + kSide - 1))]);
  }
}

TEST_F(SdapiPictureScripts, PoorMansOutpaintingTakesItsOwnArguments) {
  const Json answer = run("Poor man's outpainting", {8, 0, "latent noise", {"up", "down"}});
  EXPECT_EQ(picture(answer, 0).height, kSide + 16);
  EXPECT_THAT(info(answer)["infotexts"][0].get<std::string>(), HasSubstr("Masked content: latent noise"));
}

TEST_F(SdapiPictureScripts, SdUpscaleRedrawsTheLargerPictureInTiles) {
  const Json answer = run("SD upscale", {"", 16, "Lanczos", 2}, {{"denoising_strength", 0.2}});
  ASSERT_EQ(answer["images"].size(), 1u);
  EXPECT_EQ(picture(answer, 0).width, 2 * kSide);
  const std::string text = info(answer)["infotexts"][0].get<std::string>();
  EXPECT_THAT(text, HasSubstr("SD upscale overlap: 16"));
  EXPECT_THAT(text, HasSubstr("SD upscale upscaler: Lanczos"));
  EXPECT_EQ(picture(run("sd upscale", {"", 16, 1, 2}, {{"denoising_strength", 0.2}}), 0).pixels,
            picture(answer, 0).pixels)
      << "1 is the place of Lanczos in the list";
  EXPECT_EQ(picture(run("sd upscale", {"", 16, 1.0, 2}, {{"denoising_strength", 0.2}}), 0).pixels,
            picture(answer, 0).pixels);
}

TEST_F(SdapiPictureScripts, BelongToImg2ImgOnly) {
  const Json titles = get("/sdapi/v1/scripts");
  EXPECT_EQ(titles["img2img"], Json({"prompt matrix", "prompts from file or textbox", "x/y/z plot", "loopback",
                                     "outpainting mk2", "poor man's outpainting", "sd upscale", "soft inpainting"}));
  const Response response = ask("POST", "/sdapi/v1/txt2img", body("Loopback", Json::array()).dump());
  EXPECT_EQ(response.status, 422);
  EXPECT_THAT(response.body, HasSubstr("not found"));
}

TEST_F(SdapiPictureScripts, RefuseWrongArguments) {
  EXPECT_EQ(refusal("loopback", {99}).status, 422);
  EXPECT_EQ(refusal("loopback", {2, 7}).status, 422);
  EXPECT_EQ(refusal("loopback", {2, 0.5, "Steep"}).status, 422);
  EXPECT_EQ(refusal("loopback", {2, 0.5, "Linear", "CLIP"}).status, 501);
  EXPECT_EQ(refusal("outpainting mk2", {"", 16, 0, {"inwards"}}).status, 422);
  EXPECT_EQ(refusal("outpainting mk2", {"", 16, 0, Json::array()}).status, 422);
  EXPECT_EQ(refusal("outpainting mk2", {"", 1}).status, 422);
  EXPECT_EQ(refusal("poor man's outpainting", {16, 4, "water"}).status, 422);
  EXPECT_EQ(refusal("sd upscale", {"", 16, 999}).status, 422);
  EXPECT_EQ(refusal("sd upscale", {"", -5}).status, 422);
  const Response upscaler = refusal("sd upscale", {"", 16, "Lancsoz"});
  EXPECT_EQ(upscaler.status, 404);
  EXPECT_THAT(upscaler.body, testing::AllOf(HasSubstr("Lanczos"), HasSubstr("GET /sdapi/v1/upscalers")));
  EXPECT_EQ(studio_->queue().list({.states = {service::JobState::kFailed}}).total, 0);
  EXPECT_EQ(studio_->queue().counts().waiting, 0);
}

}  // namespace
}  // namespace fude::server
