#include <gmock/gmock.h>

#include "core/base64.h"
#include "io/images/picture_format.h"
#include "io/images/png_file.h"
#include "io/images/png_text.h"
#include "server/sent_picture.h"
#include "service/gallery.h"
#include "tests/server/python_client.h"
#include "tests/server/studio_routes.h"

namespace fude::server {
namespace {

using testing::HasSubstr;

class SdapiExtras : public StudioRoutes {
 protected:
  // 16 x 12, with the text of a picture.
  static std::string sent(const std::string& infotext = {}) {
    io::Image image{.width = 16, .height = 12, .channels = 3, .pixels = {}};
    for (int i = 0; i < 16 * 12 * 3; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i % 251));
    const std::vector<io::PngText> texts{{"parameters", infotext}};
    return base64_encode(infotext.empty() ? io::encode_png(image) : io::encode_png(image, texts));
  }

  static Json body(const Json& members = Json::object()) {
    Json body = Json::parse(kClientExtra);
    body["image"] = "data:image/png;base64," + sent();
    body.update(members);
    return body;
  }

  Json enlarge(const Json& members) const { return post("/sdapi/v1/extra-single-image", body(members)); }

  int refusal(const Json& members) const {
    return ask("POST", "/sdapi/v1/extra-single-image", body(members).dump()).status;
  }

  static std::string bytes_of(const Json& image) { return *base64_decode(image.get<std::string>()); }
  static io::Image picture(const Json& image) {
    const std::string bytes = bytes_of(image);
    return io::decode_png(std::as_bytes(std::span(bytes)));
  }
};

TEST_F(SdapiExtras, ThePictureStaysAsItIsWithoutAnUpscaler) {
  const Json answer = enlarge(Json::object());
  EXPECT_EQ(picture(answer["image"]).width, 16);
  EXPECT_EQ(answer["html_info"], "<p></p>");
}

TEST_F(SdapiExtras, EnlargesByAFactorAndSaysSo) {
  const Json answer =
      enlarge({{"upscaler_1", "Lanczos"}, {"image", sent("a cat\nSteps: 9, Sampler: Euler, Size: 16x12")}});
  EXPECT_EQ(picture(answer["image"]).width, 32);
  EXPECT_THAT(answer["html_info"].get<std::string>(), HasSubstr("<p>Postprocess upscale by: 2, Postprocess upscaler: "
                                                                "Lanczos"));
  const std::string file = bytes_of(answer["image"]);
  const io::PngTexts texts = io::read_png_texts(std::as_bytes(std::span(file)));
  EXPECT_EQ(io::find_text(texts.texts, "parameters"), "a cat\nSteps: 9, Sampler: Euler, Size: 16x12");
  EXPECT_THAT(std::string(io::find_text(texts.texts, "postprocessing").value_or("")), HasSubstr("upscale by: 2"));
  EXPECT_EQ(studio_->gallery().search({}).total, 0) << "nothing is saved";
}

TEST_F(SdapiExtras, EnlargesToASize) {
  const Json size{
      {"upscaler_1", "Nearest"}, {"resize_mode", 1}, {"upscaling_resize_w", 40}, {"upscaling_resize_h", 40}};
  EXPECT_EQ(picture(enlarge(size)["image"]).width, 40);
  Json whole = size;
  whole["upscaling_crop"] = false;
  EXPECT_GT(picture(enlarge(whole)["image"]).width, 40);
}

TEST_F(SdapiExtras, NumbersOfTheOtherModeDoNotMatter) {
  EXPECT_EQ(picture(enlarge({{"upscaling_resize_w", 0}, {"upscaler_1", "Lanczos"}})["image"]).width, 32);
  EXPECT_EQ(picture(enlarge({{"max_side_length", 24}, {"upscaler_1", "Lanczos"}})["image"]).width, 24);
}

TEST_F(SdapiExtras, NumbersAndSwitchesMayBeTexts) {
  EXPECT_EQ(picture(enlarge({{"upscaling_resize", "3"}, {"upscaler_1", "Lanczos"}})["image"]).width, 48);
  const Json size{{"upscaler_1", "Nearest"},
                  {"resize_mode", "1"},
                  {"upscaling_resize_w", "40"},
                  {"upscaling_resize_h", 40.0},
                  {"upscaling_crop", "true"}};
  EXPECT_EQ(picture(enlarge(size)["image"]).width, 40);
}

TEST_F(SdapiExtras, TwoUpscalersAreBlended) {
  const Json answer =
      enlarge({{"upscaler_1", "Lanczos"}, {"upscaler_2", "Nearest"}, {"extras_upscaler_2_visibility", 0.5}});
  EXPECT_THAT(answer["html_info"].get<std::string>(), HasSubstr("Postprocess upscaler 2: Nearest"));
}

TEST_F(SdapiExtras, HaveTheFormatOfSavedPictures) {
  const std::string before = "a cat\nSteps: 9, Sampler: Euler, Size: 16x12";
  for (const char* format : {"jpg", "webp"}) {
    studio_->settings().set("samples_format", std::string(format));
    const Json answer = enlarge({{"upscaler_1", "Lanczos"}, {"image", sent(before)}});
    const std::string file = bytes_of(answer["image"]);
    EXPECT_EQ(io::file_ending(*io::picture_format(std::as_bytes(std::span(file)))), "." + std::string(format));
    EXPECT_EQ(text_of_sent_picture(answer["image"].get<std::string>()).infotext,
              before + ", Postprocess upscale by: 2, Postprocess upscaler: Lanczos")
        << "their files have one text only";
    EXPECT_THAT(answer["html_info"].get<std::string>(), HasSubstr("Postprocess upscale by: 2"));
  }
}

TEST_F(SdapiExtras, SayWhatWasDoneThisTimeOnly) {
  const Json larger = enlarge({{"upscaler_1", "Lanczos"}});
  EXPECT_EQ(enlarge({{"image", larger["image"]}})["html_info"], "<p></p>");
}

TEST_F(SdapiExtras, SeveralPicturesAreEnlargedInTurn) {
  Json members = Json::parse(kClientExtra);
  members.erase("image");
  members["upscaler_1"] = "Lanczos";
  members["imageList"] = {{{"data", sent()}, {"name", "a.png"}}, {{"data", sent()}, {"name", "b.png"}}};
  const Json answer = post("/sdapi/v1/extra-batch-images", members);
  ASSERT_EQ(answer["images"].size(), 2u);
  EXPECT_EQ(picture(answer["images"][1]).width, 32);
  EXPECT_THAT(answer["html_info"].get<std::string>(), HasSubstr("Lanczos"));
  EXPECT_EQ(post("/sdapi/v1/extra-batch-images", {{"imageList", Json::array()}})["images"], Json::array());
  EXPECT_EQ(ask("POST", "/sdapi/v1/extra-batch-images", R"({"imageList": [5]})").status, 422);
  EXPECT_EQ(ask("POST", "/sdapi/v1/extra-batch-images", "{}").status, 422);
}

TEST_F(SdapiExtras, RefusesWhatItCannotDo) {
  EXPECT_EQ(refusal({{"image", ""}}), 500);
  EXPECT_EQ(refusal({{"image", "!"}}), 500);
  EXPECT_EQ(refusal({{"upscaling_resize", 99}, {"upscaler_1", "Lanczos"}}), 422);
  EXPECT_EQ(refusal({{"upscaler_1", 5}}), 422);
  EXPECT_EQ(refusal({{"resize_mode", 7}}), 422);
  EXPECT_EQ(refusal({{"upscaler_1", "no such net"}}), 404);
  EXPECT_EQ(refusal({{"upscaler_2", "no such net"}}), 404);
  EXPECT_EQ(refusal({{"upscaler_1", "../../etc/passwd"}}), 404);
  const Response near = ask("POST", "/sdapi/v1/extra-single-image", body({{"upscaler_1", "Lancsoz"}}).dump());
  EXPECT_THAT(near.body, testing::AllOf(HasSubstr("did you mean 'Lanczos'"), HasSubstr("GET /sdapi/v1/upscalers")));
  EXPECT_EQ(studio_->queue().list({.states = {service::JobState::kFailed}}).total, 0) << "no job was made of it";
  EXPECT_EQ(refusal({{"gfpgan_visibility", 0.5}}), 404);  // the files are not there
  EXPECT_EQ(refusal({{"codeformer_visibility", 1}}), 404);
  EXPECT_EQ(refusal({{"codeformer_visibility", 2}}), 422);
}

}  // namespace
}  // namespace fude::server
