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

AskedPictures read(const std::string& body, Tab tab = Tab::kFromWords) {
  return read_asked_pictures(JsonObject(parse_json(body)), tab, kCards, kStyles);
}

HttpError refused(const std::string& body, Tab tab = Tab::kFromWords) {
  try {
    read(body, tab);
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
  for (const char* gone : {"alwayson_scripts", "hr_scale", "firstphase_width", "script_args"}) {
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
  for (const char* body : {R"({"script_name": "Tiled Diffusion", "script_args": [1]})",
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

TEST(AskedPictures, PartsOfTheWebUisPageMayBeNamed) {
  EXPECT_NO_THROW(read(R"({"alwayson_scripts": {
    "API payload": {"args": []}, "Comments": {"args": []}, "Extra options": {"args": []}, "Hypertile": {"args": []},
    "Refiner": {"args": [true, "nice", 0.8]}, "Sampler": {"args": [20, "DPM++ 2M", "Automatic"]},
    "Seed": {"args": [-1, false, -1, 0, 0, 0]}, "Soft Inpainting": {"args": [false, 1, 0.5, 4, 0, 0.5, 2]}}})"));
}

TEST(AskedPictures, AnEmptySamplerIsNone) {
  const Json request = read(R"({"sampler_name": "", "sampler_index": "Heun"})").request;
  EXPECT_FALSE(request.contains("sampler_name"));
  EXPECT_EQ(request["sampler_index"], "Heun");
}

TEST(AskedPictures, AnEmptyUpscalerOfHiresFixIsNone) {
  EXPECT_FALSE(read(R"({"enable_hr": true, "hr_upscaler": ""})").request.contains("hr_upscaler"));
  EXPECT_EQ(read(R"({"enable_hr": "True", "hr_upscaler": "Lanczos"})").request["hr_upscaler"], "Lanczos");
  EXPECT_FALSE(read(R"({"enable_hr": "False", "hr_upscaler": "Lanczos"})").request.contains("hr_upscaler"));
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

TEST(AskedPictures, SwitchesMayBeNumbersAndWords) {
  const Json request = read(R"({"tiling": 1, "mask_round": "no", "override_settings":
    {"CLIP_stop_at_last_layers": "2", "overlay_inpaint": 0, "samples_format": "JPEG"}})")
                           .request;
  EXPECT_EQ(request["tiling"], true);
  EXPECT_EQ(request["mask_round"], false);
  EXPECT_EQ(request["override_settings"]["CLIP_stop_at_last_layers"], 2);
  EXPECT_EQ(request["override_settings"]["overlay_inpaint"], false);
  EXPECT_EQ(request["override_settings"]["samples_format"], "jpg");
  const JsonObject body =
      read_switches(JsonObject(Json{{"send_images", "false"}, {"save_images", 1}, {"do_not_save_grid", "maybe"}}));
  EXPECT_EQ(body.truth("send_images"), false);
  EXPECT_EQ(body.truth("save_images"), true);
  EXPECT_THROW(body.truth("do_not_save_grid"), HttpError);
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

TEST(AskedPictures, HiresFixTakesItsMembersAlong) {
  EXPECT_FALSE(read(R"({"hr_scale": -5, "firstpass_image": "!"})").request.contains("hr_scale"));
  const Json request =
      read(R"({"enable_hr": true, "hr_scale": 2, "hr_checkpoint_name": "nice", "hr_sampler_name": "Use same sampler"})")
          .request;
  EXPECT_EQ(request["hr_scale"], 2);
  EXPECT_EQ(request["hr_checkpoint_name"], "anime/nice.safetensors");
  EXPECT_EQ(refused(R"({"enable_hr": true, "hr_sampler_name": "Eular"})").status(), 400);
  EXPECT_EQ(refused(R"({"enable_hr": true, "hr_checkpoint_name": "/etc/passwd"})").member(), "hr_checkpoint_name");
  EXPECT_EQ(refused(R"({"enable_hr": true, "firstpass_image": "!"})").status(), 500);
}

TEST(AskedPictures, WordsAloneIgnorePictures) {
  EXPECT_FALSE(read(R"({"init_images": ["!"], "mask": "!"})").request.contains("init_images"));
}

TEST(AskedPictures, TakeTheClientsBodyOfImg2Img) {
  const Json request = read(kClientImg2Img, Tab::kFromPicture).request;
  EXPECT_EQ(request["init_images"].size(), 1u);
  EXPECT_EQ(request["enable_hr"], false);
  EXPECT_FALSE(request.contains("mask"));
}

TEST(AskedPictures, PicturesFromPicturesNeedPictures) {
  const auto status = [](const std::string& members) {
    return refused("{" + members + "}", Tab::kFromPicture).status();
  };
  EXPECT_EQ(status(""), 404);
  EXPECT_EQ(status(R"("init_images": [])"), 404);
  EXPECT_EQ(status(R"("init_images": "x")"), 400);
  EXPECT_EQ(status(R"("init_images": [5])"), 400);
  EXPECT_EQ(status(R"("init_images": ["!"])"), 500);
  EXPECT_EQ(status(R"("init_images": ["aGVsbG8="])"), 500);
  EXPECT_EQ(status(R"("init_images": ["http://127.0.0.1/a.png"])"), 500);
  EXPECT_EQ(status(R"("init_images": ["R0lGODlhAQABAAAAACw="])"), 501);
  EXPECT_EQ(status(R"("init_images": ["iVBORw0KGgo="], "mask": "!")"), 500);
}

TEST(AskedPictures, OneMaskBlurStandsForBothDirections) {
  const auto read_blur = [](const std::string& blur) {
    return read(R"({"init_images": ["iVBORw0KGgo="], "mask_blur_x": 4, "mask_blur_y": 4, "mask_blur": )" + blur + "}",
                Tab::kFromPicture)
        .request;
  };
  EXPECT_FALSE(read_blur("9").contains("mask_blur_x"));
  EXPECT_EQ(read_blur("null")["mask_blur_y"], 4);
}

TEST(AskedPictures, SoftInpaintingTakesItsArgumentsByPlace) {
  const auto body = [](const std::string& arguments) {
    return R"({"init_images": ["iVBORw0KGgo="], "alwayson_scripts": {"Soft Inpainting": {"args": )" + arguments + "}}}";
  };
  const Json request = read(body(R"([true, 2, "0.25", null])"), Tab::kFromPicture).request;
  EXPECT_EQ(request["soft_inpainting"], true);
  EXPECT_EQ(request["soft_inpainting_schedule_bias"], 2);
  EXPECT_EQ(request["soft_inpainting_preservation_strength"], 0.25);
  EXPECT_FALSE(request.contains("soft_inpainting_transition_contrast_boost"));
  EXPECT_FALSE(read(body("[false, 2]"), Tab::kFromPicture).request.contains("soft_inpainting"));
  EXPECT_NO_THROW(read(body("[true, 1, 1, 4, 0, 0.5, 2, 7, 8]"), Tab::kFromPicture));
  EXPECT_EQ(refused(body("{\"a\": 1}"), Tab::kFromPicture).status(), 422);
  EXPECT_EQ(refused(body("[true]")).status(), 422) << "txt2img has no such script";
}

TEST(EchoedParameters, LeaveThePicturesOutUnlessAskedFor) {
  const Json body = parse_json(R"({"init_images": ["x"], "mask": "y", "steps": 3})");
  const auto echo = echoed_parameters(body, Tab::kFromPicture);
  EXPECT_TRUE(echo["init_images"].is_null());
  EXPECT_TRUE(echo["mask"].is_null());
  EXPECT_EQ(echo["inpainting_fill"], 0);
  EXPECT_EQ(echo["inpaint_full_res"], true);
  EXPECT_FALSE(echo.contains("enable_hr"));
  Json whole = body;
  whole["include_init_images"] = true;
  EXPECT_EQ(echoed_parameters(whole, Tab::kFromPicture)["init_images"], Json({"x"}));
}

TEST(EchoedParameters, AreTheWholeFormWithWhatWasSent) {
  const auto echo =
      echoed_parameters(parse_json(R"({"prompt": "猫", "steps": 20, "unknown": 1, "seed": -1})"), Tab::kFromWords);
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
