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

TEST_F(OpenAiRoutes, EditsComeLater) {
  EXPECT_EQ(ask("POST", "/v1/images/edits", "{}").status, 501);
  EXPECT_EQ(ask("POST", "/v1/images/variations", "{}").status, 501);
}

}  // namespace
}  // namespace fude::server
