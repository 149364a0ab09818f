#include "tests/server/python_client.h"

#include <gtest/gtest.h>

#include "core/base64.h"
#include "io/images/png_file.h"
#include "tests/server/studio_routes.h"

namespace fude::server {
namespace {

// Every method of the public Python client (sdwebuiapi), by the requests that it sends and what it reads of the
// answers.
class PythonClient : public StudioRoutes {
 protected:
  // Small and quick; all else is what the client sends.
  static std::string txt2img_body() {
    Json body = Json::parse(kClientTxt2Img);
    body.update({{"width", 64}, {"height", 64}, {"steps", 2}});
    return body.dump();
  }

  // A white picture in base64.
  static std::string sent_dot() {
    const io::Image dot{.width = 16, .height = 16, .channels = 1, .pixels = std::vector<std::uint8_t>(256, 255)};
    return base64_encode(io::encode_png(dot));
  }

  Json ask_json(const std::string& method, const std::string& path, const std::string& body = {}) const {
    const Response response = ask(method, path, body);
    const Json json = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
    EXPECT_FALSE(json.is_discarded()) << path << " must answer JSON: " << response.body;
    return json;
  }
};

TEST_F(PythonClient, ConstructionLooksForExtensions) {
  const Json scripts = ask_json("GET", "/sdapi/v1/scripts");
  EXPECT_TRUE(scripts["txt2img"].is_array());
}

TEST_F(PythonClient, Txt2Img) {
  const Json answer = ask_json("POST", "/sdapi/v1/txt2img", txt2img_body());
  ASSERT_EQ(answer["images"].size(), 1u) << answer.dump().substr(0, 1000);
  EXPECT_TRUE(base64_decode(answer["images"][0].get<std::string>()).has_value());
  EXPECT_EQ(Json::parse(answer["info"].get<std::string>())["seed"], 1003);
  EXPECT_EQ(answer["parameters"]["sampler_name"], "Euler a");
  const Json read = ask_json("POST", "/sdapi/v1/png-info",
                             Json{{"image", "data:image/png;base64," + answer["images"][0].get<std::string>()}}.dump());
  EXPECT_EQ(read["info"], Json::parse(answer["info"].get<std::string>())["infotexts"][0]);
}

TEST_F(PythonClient, Img2Img) {
  Json body = Json::parse(kClientImg2Img);
  body.update({{"init_images", {"data:image/png;base64," + sent_dot()}}, {"width", 64}, {"height", 64}, {"steps", 2}});
  const Json answer = ask_json("POST", "/sdapi/v1/img2img", body.dump());
  ASSERT_EQ(answer["images"].size(), 1u) << answer.dump().substr(0, 1000);
  EXPECT_EQ(Json::parse(answer["info"].get<std::string>())["denoising_strength"], 0.75);
  EXPECT_TRUE(answer["parameters"]["init_images"].is_null());
  body["mask"] = "data:image/png;base64," + sent_dot();
  EXPECT_EQ(ask_json("POST", "/sdapi/v1/img2img", body.dump())["images"].size(), 1u);
}

TEST_F(PythonClient, ExtraSingleAndBatchImages) {
  Json body = Json::parse(kClientExtra);
  body.update({{"image", "data:image/png;base64," + sent_dot()}, {"upscaler_1", "Lanczos"}});
  const Json single = ask_json("POST", "/sdapi/v1/extra-single-image", body.dump());
  EXPECT_TRUE(base64_decode(single["image"].get<std::string>()).has_value());
  EXPECT_TRUE(single["html_info"].is_string());
  body["imageList"] = {{{"data", body["image"]}, {"name", "image0"}}};
  const Json batch = ask_json("POST", "/sdapi/v1/extra-batch-images", body.dump());
  EXPECT_EQ(batch["images"], Json({single["image"]}));
  EXPECT_TRUE(batch["html_info"].is_string());
}

TEST_F(PythonClient, ScriptsOfBothTabs) {
  Json words = Json::parse(txt2img_body());
  words.update({{"script_name", "X/Y/Z Plot"}, {"script_args", {4, "1,2", "", 0, "", "", 0, "", "", false, false}}});
  EXPECT_EQ(ask_json("POST", "/sdapi/v1/txt2img", words.dump())["images"].size(), 1u);
  Json picture = Json::parse(kClientImg2Img);
  picture.update({{"init_images", {"data:image/png;base64," + sent_dot()}},
                  {"width", 64},
                  {"height", 64},
                  {"steps", 2},
                  {"script_name", "Loopback"},
                  {"script_args", {2, 0.5, "Linear", "None"}}});
  EXPECT_EQ(ask_json("POST", "/sdapi/v1/img2img", picture.dump())["images"].size(), 3u);
}

TEST_F(PythonClient, MethodsWithoutABodyGetJson) {
  for (const char* route : {"interrupt", "skip", "refresh-checkpoints"}) {
    EXPECT_EQ(ask("POST", std::string("/sdapi/v1/") + route).status, 200) << route;
    ask_json("POST", std::string("/sdapi/v1/") + route);
  }
}

TEST_F(PythonClient, ListsAreLists) {
  for (const char* route : {"samplers", "schedulers", "sd-vae", "upscalers", "latent-upscale-modes", "loras",
                            "sd-models", "hypernetworks", "face-restorers", "realesrgan-models", "prompt-styles"}) {
    EXPECT_TRUE(ask_json("GET", std::string("/sdapi/v1/") + route).is_array()) << route;
  }
  for (const char* route : {"options", "cmd-flags", "progress", "scripts", "embeddings", "memory"}) {
    EXPECT_TRUE(ask_json("GET", std::string("/sdapi/v1/") + route).is_object()) << route;
  }
  for (const char* gone : {"artists", "artist-categories"}) {
    ask_json("GET", std::string("/sdapi/v1/") + gone);
    EXPECT_EQ(ask("GET", std::string("/sdapi/v1/") + gone).status, 404);
  }
}

TEST_F(PythonClient, ModelsAreFoundAndSetByTitle) {
  for (const Json& model : ask_json("GET", "/sdapi/v1/sd-models")) {
    EXPECT_EQ(ask("POST", "/sdapi/v1/options", Json{{"sd_model_checkpoint", model["title"]}}.dump()).body, "null");
    EXPECT_EQ(ask_json("GET", "/sdapi/v1/options")["sd_model_checkpoint"], model["title"]);
    EXPECT_EQ(ask_json("GET", "/sdapi/v1/options")["sd_checkpoint_hash"], model["sha256"]);
  }
}

TEST_F(PythonClient, WaitsForReadiness) {
  const Json progress = ask_json("GET", "/sdapi/v1/progress");
  EXPECT_EQ(progress["progress"], 0.0);
  EXPECT_EQ(progress["state"]["job_count"], 0);
}

TEST_F(PythonClient, ControlNetLists) {
  EXPECT_TRUE(ask_json("GET", "/controlnet/version")["version"].is_number());
  EXPECT_TRUE(ask_json("GET", "/controlnet/model_list")["model_list"].is_array());
  EXPECT_TRUE(ask_json("GET", "/controlnet/module_list")["module_list"].is_array());
}

TEST_F(PythonClient, WhatIsMissingIs501) {
  EXPECT_EQ(ask("POST", "/sdapi/v1/interrogate", R"({"image": "", "model": "clip"})").status, 501);
  EXPECT_EQ(ask("POST", "/controlnet/detect", R"({"controlnet_module": "none", "controlnet_images": []})").status, 501);
}

}  // namespace
}  // namespace fude::server
