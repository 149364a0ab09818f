#include "server/sdapi_body.h"

#include <gmock/gmock.h>

#include "server/error_response.h"
#include "tests/server/python_client.h"

namespace fude::server {
namespace {

using pipelines::ModelCard;
using pipelines::ModelUse;
using testing::HasSubstr;

ModelCard card(ModelUse use, const std::string& file, const std::string& sha256 = {}) {
  ModelCard model;
  model.model.use = use;
  model.model.name = std::filesystem::path(file).stem().string();
  model.model.path = "/data/models/" + file;
  model.file = file;
  model.sha256 = sha256;
  const std::string below = file.substr(file.find('/') + 1);
  model.title = sha256.empty() ? below : below + " [" + sha256.substr(0, 10) + "]";
  return model;
}

ModelCard embedded() {
  ModelCard model;
  model.model.name = model.title = "Hajime";
  return model;
}

const std::vector<ModelCard> kCards{
    embedded(), card(ModelUse::kCheckpoint, "Stable-diffusion/anime/nice.safetensors", std::string(64, 'a')),
    card(ModelUse::kAutoencoder, "VAE/soft.pt")};

const std::vector<prompt::Style> kStyles{{.name = "ink", .prompt = "ink", .negative = ""}};

AskedPictures read(const std::string& body) {
  return read_asked_pictures(JsonObject(parse_json(body)), kCards, kStyles);
}

HttpError refused(const std::string& body) {
  try {
    read(body);
  } catch (const HttpError& error) {
    return error;
  }
  ADD_FAILURE() << body << " is not refused";
  return HttpError(0, "");
}

TEST(AskedPictures, TakeTheBodyOfThePythonClient) {
  const AskedPictures asked = read(kClientTxt2Img);
  EXPECT_TRUE(asked.sends_images);
  EXPECT_FALSE(asked.saves_images);
  EXPECT_EQ(asked.request["prompt"], "cute squirrel");
  EXPECT_EQ(asked.request["sampler_name"], "Euler a");
  for (const char* gone : {"alwayson_scripts", "enable_hr", "restore_faces", "firstphase_width", "script_args"}) {
    EXPECT_FALSE(asked.request.contains(gone)) << gone;
  }
}

TEST(AskedPictures, AreSavedOnlyWhenSomebodySaysSo) {
  EXPECT_FALSE(read("{}").saves_images);
  EXPECT_TRUE(read(R"({"save_images": true})").saves_images);
  EXPECT_FALSE(read(R"({"save_images": true, "do_not_save_samples": true})").saves_images);
  EXPECT_FALSE(read(R"({"send_images": false})").sends_images);
}

TEST(AskedPictures, WorkThatIsMissingIs501) {
  for (const char* body : {R"({"enable_hr": true})", R"({"restore_faces": true})", R"({"init_images": ["x"]})",
                           R"({"script_name": "SD upscale"})", R"({"script_name": "loopback", "script_args": [1]})",
                           R"({"alwayson_scripts": {"ControlNet": {"args": [{"module": "canny"}]}}})",
                           R"({"alwayson_scripts": {"ADetailer": {"args": [true, {"ad_model": "face"}]}}})"}) {
    const HttpError error = refused(body);
    EXPECT_EQ(error.status(), 501) << body;
    EXPECT_THAT(error.what(), HasSubstr("not supported yet"));
  }
}

TEST(AskedPictures, ScriptsThatNobodyHasAre422) {
  EXPECT_EQ(refused(R"({"script_name": "magic"})").status(), 422);
  EXPECT_EQ(refused(R"({"alwayson_scripts": {"X/Y/Z plot": {"args": [1]}}})").status(), 422);
  EXPECT_EQ(refused(R"({"alwayson_scripts": {"magic": {"args": [1]}}})").status(), 422);
  EXPECT_EQ(refused(R"({"script_name": 5})").status(), 400);
  EXPECT_EQ(refused(R"({"alwayson_scripts": [1]})").status(), 400);
}

TEST(AskedPictures, ScriptsThatAreOffMayBeNamed) {
  for (const char* body : {R"({"alwayson_scripts": {"ADetailer": {"args": [false]}, "ControlNet": {"args": []}}})",
                           R"({"alwayson_scripts": {"controlnet": {"args": [{"enabled": false, "module": "canny"}]}}})",
                           R"({"alwayson_scripts": {"anything": {}}})", R"({"script_name": "None"})",
                           R"({"script_name": "", "script_args": [1, 2]})", R"({"alwayson_scripts": null})"}) {
    EXPECT_NO_THROW(read(body)) << body;
  }
}

TEST(AskedPictures, AnUnknownSamplerIs400) {
  EXPECT_EQ(refused(R"({"sampler_name": "Eular"})").status(), 400);
  EXPECT_STREQ(refused(R"({"sampler_index": "Eular"})").what(), "Sampler not found");
  EXPECT_NO_THROW(read(R"({"sampler_name": "k_euler_a", "sampler_index": "Eular"})"));
  EXPECT_NO_THROW(read(R"({"sampler_name": "DPM++ 2M Karras"})"));
  EXPECT_NO_THROW(read(R"({"sampler_name": null, "sampler_index": "Euler"})"));
}

TEST(AskedPictures, NumbersMayBeTexts) {
  const Json request =
      read(R"({"steps": "20", "cfg_scale": "6.5", "tiling": "true", "prompt": "20", "seed": "x"})").request;
  EXPECT_EQ(request["steps"], 20);
  EXPECT_EQ(request["cfg_scale"], 6.5);
  EXPECT_EQ(request["tiling"], true);
  EXPECT_EQ(request["prompt"], "20");
  EXPECT_EQ(request["seed"], "x");
}

TEST(AskedPictures, SizesAreCutToMultiplesOf8) {
  const Json request = read(R"({"width": 519, "height": 5})").request;
  EXPECT_EQ(request["width"], 512);
  EXPECT_EQ(request["height"], 5);
}

TEST(AskedPictures, UnknownStylesAreLeftOut) {
  EXPECT_EQ(read(R"({"styles": ["none of these", "ink"]})").request["styles"], Json::array({"ink"}));
}

TEST(AskedPictures, AnUnknownSettingFailsByItsName) {
  try {
    read(R"({"override_settings": {"CLIP_skip": 2}})");
    FAIL() << "not refused";
  } catch (const UnknownSetting& setting) {
    EXPECT_EQ(setting.id, "CLIP_skip");
  }
}

TEST(AskedPictures, ModelsBecomeFilesOfTheFolderAndNothingElse) {
  const auto setting = [](const std::string& id, const std::string& value) {
    const Json settings = read(Json{{"override_settings", {{id, value}}}}.dump()).request["override_settings"];
    return settings.contains(id) ? settings[id].get<std::string>() : "left out";
  };
  EXPECT_EQ(setting("sd_model_checkpoint", "anime/nice.safetensors [aaaaaaaaaa]"), "anime/nice.safetensors");
  EXPECT_EQ(setting("sd_model_checkpoint", "aaaaaaaaaa"), "anime/nice.safetensors");
  EXPECT_EQ(setting("sd_model_checkpoint", "Hajime"), "Hajime");
  EXPECT_EQ(setting("sd_model_checkpoint", "/etc/passwd"), "left out");
  EXPECT_EQ(setting("sd_model_checkpoint", "nobody's"), "left out");
  EXPECT_EQ(setting("sd_vae", "soft.pt"), "soft.pt");
  EXPECT_EQ(setting("sd_vae", "automatic"), "Automatic");
  EXPECT_EQ(setting("sd_vae", "../soft.pt"), "left out");
  EXPECT_EQ(setting("send_seed", "true"), "left out");
  EXPECT_EQ(read(R"({"refiner_checkpoint": "nice"})").request["refiner_checkpoint"], "anime/nice.safetensors");
  EXPECT_FALSE(read(R"({"refiner_checkpoint": "None"})").request.contains("refiner_checkpoint"));
  EXPECT_EQ(refused(R"({"refiner_checkpoint": "/etc/passwd"})").member(), "refiner_checkpoint");
}

TEST(EchoedParameters, AreTheWholeFormWithWhatWasSent) {
  const auto echo = echoed_parameters(parse_json(R"({"prompt": "猫", "steps": 20, "unknown": 1, "seed": -1})"));
  EXPECT_EQ(echo["prompt"], "猫");
  EXPECT_EQ(echo["steps"], 20);
  EXPECT_EQ(echo["seed"], -1);
  EXPECT_EQ(echo["sampler_index"], "Euler");
  EXPECT_EQ(echo["denoising_strength"], 0.75);
  EXPECT_TRUE(echo["hr_upscaler"].is_null());
  EXPECT_FALSE(echo.contains("unknown"));
}

}  // namespace
}  // namespace fude::server
