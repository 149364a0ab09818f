#include "server/openai_routes.h"

#include <gmock/gmock.h>

#include "core/base64.h"
#include "io/images/png_file.h"
#include "service/gallery.h"
#include "tests/server/studio_routes.h"

namespace fude::server {
namespace {

using testing::HasSubstr;

const std::string kRoute = "/v1/images/generations";

class OpenAiRoutes : public StudioRoutes {
 protected:
  void SetUp() override {
    StudioRoutes::SetUp();
    studio_->settings().set("sd_model_checkpoint", std::string("small/micro.safetensors"));
  }

  Json make(Json members) const {
    members.update({{"prompt", "a cat"}, {"size", "64x64"}});
    return post(kRoute, members);
  }

  // What a body is refused with: the whole error.
  Json refused(const std::string& body, int status = 400) const {
    const Response response = ask("POST", kRoute, body);
    EXPECT_EQ(response.status, status) << body << response.body;
    return Json::parse(response.body)["error"];
  }
};

TEST_F(OpenAiRoutes, PicturesComeAsBase64) {
  const Json answer = make({{"n", 2}, {"model", "gpt-image-1"}, {"quality", "high"}, {"user", "me"}});
  EXPECT_GT(answer["created"], 1'700'000'000);
  ASSERT_EQ(answer["data"].size(), 2u);
  const std::string picture = *base64_decode(answer["data"][0]["b64_json"].get<std::string>());
  EXPECT_EQ(io::decode_png(std::as_bytes(std::span(picture))).width, 64);
  EXPECT_NE(answer["data"][0], answer["data"][1]);
  EXPECT_EQ(studio_->gallery().search({}).total, 0);
}

TEST_F(OpenAiRoutes, AnAddressIsThatOfAPictureInTheGallery) {
  const Json answer = make({{"response_format", "url"}});
  const auto pictures = studio_->gallery().search({}).pictures;
  ASSERT_EQ(pictures.size(), 1u);
  EXPECT_EQ(answer["data"][0]["url"], "/api/v1/pictures/" + std::to_string(pictures[0].id) + "/file");
}

TEST_F(OpenAiRoutes, ErrorsHaveOpenAisForm) {
  const Json error = refused(R"({"size": "64x64"})");
  EXPECT_EQ(error["param"], "prompt");
  EXPECT_EQ(error["type"], "invalid_request_error");
  EXPECT_THAT(error["message"].get<std::string>(), HasSubstr("prompt"));
  EXPECT_TRUE(error.contains("code"));
}

TEST_F(OpenAiRoutes, RefusesWhatItWouldNotDo) {
  for (const char* body :
       {R"({"prompt": "a", "n": 0})", R"({"prompt": "a", "n": 11})", R"({"prompt": "a", "size": "64"})",
        R"({"prompt": "a", "size": "65x64"})", R"({"prompt": "a", "size": "-8x64"})",
        R"({"prompt": "a", "size": "8x8x8"})", R"({"prompt": "a", "size": "99999999x64"})", R"({"prompt": 5})",
        R"({"prompt": "a", "stream": true})", R"({"prompt": "a", "background": "transparent"})",
        R"({"prompt": "a", "output_format": "webp"})", R"({"prompt": "a", "quality": "best"})",
        R"({"prompt": "a", "response_format": "file"})", "{", "[]"}) {
    refused(body);
  }
  EXPECT_EQ(refused(R"({"prompt": "a", "model": "/etc/passwd"})", 404)["param"], "model");
}

TEST_F(OpenAiRoutes, ModelsAreThoseOfTheFolder) {
  const Json list = get("/v1/models");
  EXPECT_EQ(list["object"], "list");
  ASSERT_EQ(list["data"].size(), 2u);
  EXPECT_EQ(list["data"][0]["id"], "Hajime");
  EXPECT_EQ(list["data"][1]["id"], "small/micro.safetensors");
  EXPECT_EQ(list["data"][1]["object"], "model");
  EXPECT_EQ(get("/v1/models/Hajime")["id"], "Hajime");
  EXPECT_EQ(get("/v1/models/small/micro.safetensors")["owned_by"], "fude");
  EXPECT_EQ(ask("GET", "/v1/models/none").status, 404);
  EXPECT_EQ(ask("GET", "/v1/models/dall-e-3").status, 404);
}

/// A form with files.
class OpenAiForms : public OpenAiRoutes {
 protected:
  static constexpr int kSide = 64;

  // Red, its right half transparent.
  static std::string half_transparent() {
    io::Image image{.width = kSide, .height = kSide, .channels = 4, .pixels = {}};
    for (int i = 0; i < kSide * kSide; ++i) {
      const auto alpha = static_cast<std::uint8_t>(i % kSide < kSide / 2 ? 255 : 0);
      image.pixels.insert(image.pixels.end(), {200, 10, 10, alpha});
    }
    return png(image);
  }

  static std::string opaque() {
    return png(
        {.width = kSide, .height = kSide, .channels = 3, .pixels = std::vector<std::uint8_t>(3 * kSide * kSide, 99)});
  }

  static std::string png(const io::Image& image, const std::vector<io::PngText>& texts = {}) {
    const std::vector<std::byte> bytes = io::encode_png(image, texts);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  using Fields = std::vector<std::pair<std::string, std::string>>;

  Response send(const std::string& path, const Fields& files, const Fields& fields = {}) const {
    Request request;
    request.method = "POST";
    request.path = path;
    request.headers["Content-Type"] = "multipart/form-data; boundary=b";
    const auto add = [&](const std::string& name, const std::string& more, const std::string& bytes) {
      request.body +=
          "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"" + more + "\r\n\r\n" + bytes + "\r\n";
    };
    for (const auto& [name, bytes] : files) add(name, "; filename=\"a.png\"", bytes);
    for (const auto& [name, text] : fields) add(name, "", text);
    request.body += "--b--\r\n";
    return router_.answer(request);
  }

  io::Image picture(const Response& response) const {
    const Json answer = read(response, "a form");
    const std::string bytes = *base64_decode(answer["data"].at(0)["b64_json"].get<std::string>());
    return io::decode_png(std::as_bytes(std::span(bytes)));
  }
};

TEST_F(OpenAiForms, WhatIsTransparentIsMadeAnewAndTheRestStays) {
  const Fields fields{{"prompt", "a cat"}, {"n", "2"}, {"response_format", "b64_json"}};
  const Response response = send("/v1/images/edits", {{"image", opaque()}, {"mask", half_transparent()}}, fields);
  EXPECT_EQ(read(response, "edits")["data"].size(), 2u);
  const io::Image made = picture(response);
  ASSERT_EQ(made.width, kSide);
  int changed = 0;
  for (int y = 0; y < kSide; ++y) {
    EXPECT_EQ(made.pixels[static_cast<std::size_t>(3 * y * kSide)], 99);
    changed += made.pixels[static_cast<std::size_t>(3 * (y * kSide + kSide - 1))] != 99;
  }
  EXPECT_GT(changed, 0);
}

TEST_F(OpenAiForms, ThePicturesOwnTransparencyIsAMask) {
  const io::Image made = picture(send("/v1/images/edits", {{"image", half_transparent()}}, {{"prompt", "a cat"}}));
  EXPECT_EQ(made.pixels[0], 200);
  EXPECT_EQ(
      picture(send("/v1/images/edits", {{"image[]", opaque()}}, {{"prompt", "a cat"}, {"strength", "0.2"}})).width,
      kSide);
}

TEST_F(OpenAiForms, AVariationHasTheWordsOfItsPicture) {
  const std::string image =
      png({.width = kSide, .height = kSide, .channels = 3, .pixels = std::vector<std::uint8_t>(3 * kSide * kSide, 99)},
          {{"parameters", "a dog\nSteps: 9, Sampler: Euler, Size: 64x64"}});
  const Response response =
      send("/v1/images/variations", {{"image", image}}, {{"response_format", "url"}, {"size", "64x64"}});
  EXPECT_EQ(response.status, 200) << response.body;
  ASSERT_EQ(studio_->gallery().search({}).total, 1);
  EXPECT_EQ(studio_->gallery().search({}).pictures[0].prompt, "a dog");
}

TEST_F(OpenAiForms, RefusesWhatIsNoPicture) {
  const Fields prompt{{"prompt", "a cat"}};
  const auto param = [&](const Response& response) {
    EXPECT_EQ(response.status, 400) << response.body;
    return Json::parse(response.body)["error"]["param"];
  };
  const std::string edits = "/v1/images/edits";
  EXPECT_EQ(param(send(edits, {}, prompt)), "image");
  EXPECT_EQ(param(send(edits, {{"image", opaque()}})), "prompt");
  EXPECT_EQ(param(send(edits, {{"image", "nothing"}}, prompt)), "image");
  EXPECT_EQ(param(send(edits, {{"image", opaque()}, {"image", opaque()}}, prompt)), "image");
  EXPECT_EQ(param(send(edits, {{"image", opaque()}, {"mask", opaque()}}, prompt)), "mask");
  EXPECT_EQ(param(send(edits, {{"image", opaque()}}, {{"prompt", "a"}, {"n", "many"}})), "n");
  EXPECT_EQ(param(send(edits, {{"image", opaque()}}, {{"prompt", "a"}, {"strength", "2"}})), "strength");
  EXPECT_EQ(param(send(edits, {{"image", opaque()}, {"other", "x"}}, prompt)), "other");
  EXPECT_EQ(ask("POST", edits, "{}").status, 415);
  EXPECT_EQ(studio_->queue().counts().waiting, 0);
}

}  // namespace
}  // namespace fude::server
