#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

#include "core/base64.h"
#include "io/images/png_file.h"
#include "service/gallery.h"
#include "tests/server/studio_routes.h"

namespace fude::server {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kRoute = "/sdapi/v1/img2img";

constexpr int kSide = 64;

// RGB, with another colour at every place.
io::Image coloured(int width = kSide, int height = kSide) {
  io::Image image{.width = width, .height = height, .channels = 3, .pixels = {}};
  for (int i = 0; i < width * height * 3; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i * 7 % 256));
  return image;
}

// White from the middle to the right.
io::Image right_half(int width = kSide, int height = kSide) {
  io::Image mask{.width = width, .height = height, .channels = 1, .pixels = {}};
  for (int i = 0; i < width * height; ++i) mask.pixels.push_back(i % width < width / 2 ? 0 : 255);
  return mask;
}

std::string sent(const io::Image& image) { return base64_encode(io::encode_png(image)); }

class SdapiImg2Img : public StudioRoutes {
 protected:
  Json small(const Json& members = Json::object()) const {
    Json body{{"init_images", {sent(coloured())}},
              {"prompt", "猫, sky"},
              {"steps", 2},
              {"width", kSide},
              {"height", kSide},
              {"seed", 5},
              {"sampler_name", "Euler"}};
    body.update(members);
    return body;
  }

  Json make(const Json& members = Json::object()) const { return post(kRoute, small(members)); }

  Response refusal(const Json& members) const { return ask("POST", kRoute, small(members).dump()); }

  static io::Image picture(const Json& answer, std::size_t index = 0) {
    const std::string bytes = *base64_decode(answer["images"].at(index).get<std::string>());
    return io::decode_png(std::as_bytes(std::span(bytes)));
  }

  static std::string infotext(const Json& answer) { return info(answer)["infotexts"][0].get<std::string>(); }

  static Json info(const Json& answer) { return Json::parse(answer["info"].get<std::string>()); }
};

TEST_F(SdapiImg2Img, AnswersAsTxt2ImgDoes) {
  const Json answer = make({{"denoising_strength", 0.5}});
  ASSERT_EQ(answer["images"].size(), 1u);
  EXPECT_EQ(picture(answer).width, kSide);
  EXPECT_EQ(info(answer)["denoising_strength"], 0.5);
  EXPECT_EQ(info(answer)["is_using_inpainting_conditioning"], false);
  EXPECT_THAT(infotext(answer), HasSubstr("Denoising strength: 0.5"));
  EXPECT_EQ(answer["parameters"]["resize_mode"], 0);
  EXPECT_TRUE(answer["parameters"]["init_images"].is_null());
  EXPECT_EQ(studio_->gallery().search({}).total, 0);
}

TEST_F(SdapiImg2Img, StaysNearThePictureAtALowStrength) {
  const auto distance = [this](double strength) {
    const io::Image made = picture(make({{"denoising_strength", strength}, {"steps", 20}}));
    const io::Image start = coloured();
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < start.pixels.size(); ++i) sum += std::abs(made.pixels[i] - start.pixels[i]);
    return sum;
  };
  EXPECT_NE(distance(0.1), distance(1.0));
}

TEST_F(SdapiImg2Img, WhatIsNotMaskedStaysByteForByte) {
  const Json answer = make({{"mask", sent(right_half())}, {"inpaint_full_res", false}, {"mask_blur", 0}});
  const io::Image made = picture(answer), start = coloured();
  int changed = 0;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const auto place = static_cast<std::size_t>(3 * (y * kSide + x));
      if (x >= kSide / 2) {
        changed += made.pixels[place] != start.pixels[place];
      } else {
        ASSERT_EQ(made.pixels[place], start.pixels[place]) << x << ", " << y;
      }
    }
  }
  EXPECT_GT(changed, 0);
}

TEST_F(SdapiImg2Img, TheApisDefaultsOfInpaintingAreNotThePages) {
  const std::string text = infotext(make({{"mask", sent(right_half())}}));
  EXPECT_THAT(text, HasSubstr("Inpaint area: Only masked"));
  EXPECT_THAT(text, HasSubstr("Masked content: fill"));
  EXPECT_THAT(text, HasSubstr("Mask blur: 4"));
  EXPECT_THAT(text, HasSubstr("Masked area padding: 0"));
}

TEST_F(SdapiImg2Img, ClientsNumbersStandForSwitches) {
  const std::string text = infotext(make({{"mask", sent(right_half())},
                                          {"inpaint_full_res", 0},
                                          {"inpainting_mask_invert", 1},
                                          {"inpainting_fill", 1},
                                          {"image_cfg_scale", 1.5},
                                          {"initial_noise_multiplier", 1}}));
  EXPECT_THAT(text, HasSubstr("Mask mode: Inpaint not masked"));
  EXPECT_THAT(text, Not(HasSubstr("Only masked")));
}

TEST_F(SdapiImg2Img, SoftInpaintingIsTakenByItsScript) {
  const std::string text =
      infotext(make({{"mask", sent(right_half())},
                     {"inpaint_full_res", false},
                     {"alwayson_scripts", {{"Soft Inpainting", {{"args", {true, 2, 0.25, 8, 0.1, 1, 3}}}}}}}));
  EXPECT_THAT(text, HasSubstr("Soft inpainting enabled: True"));
  EXPECT_THAT(text, HasSubstr("Soft inpainting schedule bias: 2"));
  EXPECT_THAT(text, HasSubstr("Soft inpainting difference contrast: 3"));
}

TEST_F(SdapiImg2Img, SeveralPicturesAreABatch) {
  const Json answer = make({{"init_images", {sent(coloured()), sent(right_half())}}, {"denoising_strength", 0.1}});
  ASSERT_EQ(answer["images"].size(), 2u);
  EXPECT_EQ(info(answer)["all_seeds"], Json({5, 6}));
  EXPECT_NE(picture(answer, 0).pixels, picture(answer, 1).pixels);
}

TEST_F(SdapiImg2Img, PicturesAreRepeatedWhereThatIsAsked) {
  const Json parameters = make({{"include_init_images", true}})["parameters"];
  EXPECT_EQ(parameters["init_images"], Json({sent(coloured())}));
}

TEST_F(SdapiImg2Img, InfotextOfAHiresPictureFillsWhatIsNotGiven) {
  const Json answer = post(kRoute, {{"init_images", {sent(coloured())}},
                                    {"infotext",
                                     "a dog\nSteps: 2, Sampler: Euler, CFG scale: 4, Seed: 9, Size: 64x64, Denoising "
                                     "strength: 0.3, Hires upscale: 2, Hires upscaler: Latent"}});
  EXPECT_EQ(info(answer)["prompt"], "a dog");
  EXPECT_EQ(info(answer)["denoising_strength"], 0.3);
  EXPECT_EQ(picture(answer).width, kSide);
}

TEST_F(SdapiImg2Img, IndexesOfAxesAreThoseOfItsTab) {
  const Json nothing = {0, "", Json::array()};
  Json arguments = {5, "2,7", Json::array()};  // with hires steps among them this would be another axis
  for (int i = 0; i < 2; ++i) arguments.insert(arguments.end(), nothing.begin(), nothing.end());
  arguments.push_back(false);
  const Json answer =
      make({{"script_name", "X/Y/Z plot"}, {"script_args", arguments}, {"save_images", true}, {"steps", 1}});
  EXPECT_EQ(picture(answer).width, 2 * kSide);
  EXPECT_THAT(infotext(answer), HasSubstr("X Type: CFG Scale"));
  EXPECT_TRUE(std::filesystem::exists(studio_->outputs_folder() / "img2img-grids"));
}

TEST_F(SdapiImg2Img, MasksComeBehindTheirPictures) {
  for (const bool saves : {false, true}) {
    const Json answer = make({{"mask", sent(right_half())},
                              {"inpaint_full_res", false},
                              {"mask_blur", 0},
                              {"batch_size", 2},
                              {"save_images", saves},
                              {"do_not_save_grid", true},
                              {"override_settings", {{"return_mask", true}, {"return_mask_composite", true}}}});
    ASSERT_EQ(answer["images"].size(), 6u) << saves;
    for (const std::size_t first : {0u, 3u}) {
      const io::Image mask = picture(answer, first + 1), composite = picture(answer, first + 2);
      EXPECT_EQ(mask.channels, 3);
      EXPECT_EQ(mask.pixels[0], 0);
      EXPECT_EQ(mask.pixels[3 * (kSide - 1)], 255);
      ASSERT_EQ(composite.channels, 4);
      EXPECT_EQ(composite.pixels[3], 0);
      EXPECT_EQ(composite.pixels[4 * (kSide - 1) + 3], 255);
    }
    EXPECT_EQ(info(answer)["infotexts"].size(), 2u) << "only pictures have texts";
    EXPECT_EQ(info(answer)["index_of_first_image"], 0);
  }
}

TEST_F(SdapiImg2Img, ABlankMaskOfThePartAloneIsNone) {
  io::Image black{
      .width = kSide, .height = kSide, .channels = 1, .pixels = std::vector<std::uint8_t>(kSide * kSide, 0)};
  const Json plain = make();
  EXPECT_EQ(make({{"mask", sent(black)}})["images"], plain["images"]);
  io::Image white = black;
  std::ranges::fill(white.pixels, 255);
  EXPECT_EQ(make({{"mask", sent(white)}, {"inpainting_mask_invert", 1}})["images"], plain["images"]);
  EXPECT_NE(make({{"mask", sent(white)}})["images"], plain["images"]);
  const Response response = refusal({{"mask", sent(black)}, {"inpaint_full_res", false}});
  EXPECT_EQ(response.status, 422) << "nothing would change";
  EXPECT_EQ(Json::parse(response.body)["detail"][0]["loc"], Json({"body", "mask"}));
}

TEST_F(SdapiImg2Img, ScriptsThatGoOnWithThePictureReturnNoMasks) {
  const Json answer = make({{"mask", sent(right_half())},
                            {"script_name", "Loopback"},
                            {"script_args", {2}},
                            {"override_settings", {{"return_mask", true}}}});
  EXPECT_EQ(answer["images"].size(), 3u);
}

TEST_F(SdapiImg2Img, ProgressCallsTheWorkByItsTab) {
  std::thread client([this] { ask("POST", kRoute, small({{"steps", 150}, {"n_iter", 50}}).dump()); });
  while (studio_->running().step < 2) std::this_thread::yield();
  const Json progress = get("/sdapi/v1/progress");
  ask("POST", "/sdapi/v1/interrupt");
  client.join();
  EXPECT_EQ(progress["state"]["job"], "scripts_img2img");
  EXPECT_EQ(get("/sdapi/v1/progress")["state"]["job"], "");
}

TEST_F(SdapiImg2Img, RefusesPicturesThatCannotBeUsed) {
  EXPECT_EQ(refusal({{"init_images", Json::array()}}).status, 404);
  EXPECT_EQ(Json::parse(refusal({{"init_images", nullptr}}).body)["detail"], "Init image not found");
  EXPECT_EQ(refusal({{"init_images", {"!!"}}}).status, 500);
  EXPECT_EQ(Json::parse(refusal({{"init_images", {"!!"}}}).body)["detail"], "Invalid encoded image");
  std::vector<std::byte> cut = io::encode_png(coloured());
  cut.resize(cut.size() / 2);
  for (const Json& members :
       {Json{{"init_images", {base64_encode(cut)}}}, Json{{"init_images", {sent(coloured(1, 1))}}},
        Json{{"mask", sent(right_half(32, 32))}}, Json{{"resize_mode", 9}}, Json{{"denoising_strength", 2}}}) {
    const Response response = refusal(members);
    EXPECT_EQ(response.status, 422) << response.body;
    const std::string member = members.begin().key();
    EXPECT_EQ(Json::parse(response.body)["detail"][0]["loc"], Json({"body", member})) << response.body;
  }
  EXPECT_EQ(studio_->queue().counts().waiting, 0);
}

}  // namespace
}  // namespace fude::server
