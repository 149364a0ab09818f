#include <gmock/gmock.h>

#include <fstream>

#include "core/base64.h"
#include "io/images/png_file.h"
#include "tests/server/studio_routes.h"
#include "tests/support/golden.h"

namespace fude::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class SdapiLists : public StudioRoutes {
 protected:
  void SetUp() override {
    folder_.add(tests::golden_path("models/micro-vae.ckpt"), "VAE/soft.ckpt");
    folder_.add(tests::golden_path("loras/lora.safetensors"), "Lora/line.safetensors");
    folder_.add(tests::golden_path("embeddings/xl_emb.safetensors"), "embeddings/word.safetensors");
    std::ofstream(folder_.data_dir() / "styles.csv") << "name,prompt,negative_prompt\nink,\"ink, {prompt}\",colour\n";
    StudioRoutes::SetUp();
  }

  static Json named(const Json& list, const std::string& member, const std::string& name) {
    for (const Json& row : list) {
      if (row[member] == name) return row;
    }
    ADD_FAILURE() << name << " is not in " << list.dump(1).substr(0, 2000);
    return {};
  }
};

TEST_F(SdapiLists, SamplersAreThoseOfTheTable) {
  const Json list = get("/sdapi/v1/samplers");
  EXPECT_EQ(list[0]["name"], "DPM++ 2M");
  const Json sampler = named(list, "name", "DPM2 a");
  EXPECT_THAT(sampler["aliases"].dump(), HasSubstr("k_dpm_2_a"));
  EXPECT_EQ(sampler["options"]["scheduler"], "karras");
  for (const Json& row : list) {
    for (const Json& option : row["options"]) EXPECT_TRUE(option.is_string());
  }
}

TEST_F(SdapiLists, SchedulersAreThoseOfTheTable) {
  const Json list = get("/sdapi/v1/schedulers");
  EXPECT_EQ(list[0], (Json{{"name", "automatic"},
                           {"label", "Automatic"},
                           {"aliases", nullptr},
                           {"default_rho", -1.0},
                           {"need_inner_model", false}}));
  EXPECT_EQ(named(list, "name", "karras")["default_rho"], 7.0);
  EXPECT_EQ(named(list, "name", "sgm_uniform")["aliases"], Json({"SGMUniform"}));
}

TEST_F(SdapiLists, CheckpointsHaveTitlesThatOptionsTake) {
  const Json list = get("/sdapi/v1/sd-models");
  ASSERT_EQ(list.size(), 2u);
  const Json model = named(list, "model_name", "small_micro");
  const auto sha256 = model["sha256"].get<std::string>();
  EXPECT_EQ(model["title"], "small/micro.safetensors [" + sha256.substr(0, 10) + "]");
  EXPECT_EQ(model["hash"], sha256.substr(0, 10));
  EXPECT_THAT(model["filename"].get<std::string>(), StartsWith(folder_.data_dir().string()));
  EXPECT_TRUE(model["config"].is_null());
  EXPECT_TRUE(post("/sdapi/v1/options", {{"sd_model_checkpoint", list[0]["title"]}}).is_null());
  EXPECT_EQ(get("/sdapi/v1/options")["sd_model_checkpoint"], list[0]["title"]);
}

TEST_F(SdapiLists, AdaptersAndWordsAreListed) {
  EXPECT_EQ(get("/sdapi/v1/sd-vae")[0]["model_name"], "soft.ckpt");
  EXPECT_EQ(get("/sdapi/v1/sd-modules"), get("/sdapi/v1/sd-vae"));
  const Json lora = get("/sdapi/v1/loras")[0];
  EXPECT_EQ(lora["name"], "line");
  EXPECT_TRUE(lora["metadata"].is_object());
  EXPECT_TRUE(lora["alias"].is_string());
  const Json words = get("/sdapi/v1/embeddings");
  EXPECT_TRUE(words["loaded"].contains("word") || words["skipped"].contains("word"));
  EXPECT_EQ(get("/sdapi/v1/hypernetworks"), Json::array());
  EXPECT_EQ(get("/sdapi/v1/prompt-styles"),
            Json::array({{{"name", "ink"}, {"prompt", "ink, {prompt}"}, {"negative_prompt", "colour"}}}));
}

TEST_F(SdapiLists, NewFilesShowAfterARefresh) {
  get("/sdapi/v1/loras");
  folder_.add(tests::golden_path("loras/locon.safetensors"), "Lora/second.safetensors");
  EXPECT_TRUE(read(ask("POST", "/sdapi/v1/refresh-loras"), "refresh").is_null());
  EXPECT_EQ(get("/sdapi/v1/loras").size(), 2u);
  for (const char* list : {"checkpoints", "vae", "embeddings"}) {
    EXPECT_EQ(ask("POST", std::string("/sdapi/v1/refresh-") + list).body, "null");
  }
}

TEST_F(SdapiLists, WhatFudeDoesNotHaveIsEmpty) {
  for (const char* list : {"realesrgan-models", "extensions"}) {
    EXPECT_EQ(get(std::string("/sdapi/v1/") + list), Json::array()) << list;
  }
}

TEST_F(SdapiLists, UpscalersAreThoseWithoutANetworkAndTheFilesThatFit) {
  std::filesystem::create_directories(folder_.models() / "ESRGAN");
  std::ofstream(folder_.models() / "ESRGAN" / "broken.pth") << "nothing";
  const Json list = get("/sdapi/v1/upscalers");
  EXPECT_EQ(
      list[0],
      (Json{
          {"name", "None"}, {"model_name", nullptr}, {"model_path", nullptr}, {"model_url", nullptr}, {"scale", 4.0}}));
  EXPECT_EQ(list[1]["name"], "Lanczos");
  EXPECT_THAT(list.dump(), testing::Not(HasSubstr("broken")));
  EXPECT_EQ(get("/sdapi/v1/latent-upscale-modes")[0], (Json{{"name", "Latent"}}));
  EXPECT_EQ(get("/sdapi/v1/latent-upscale-modes").size(), 6u);
}

TEST_F(SdapiLists, FaceRestorersAreThoseWhoseFilesAreThere) {
  EXPECT_EQ(get("/sdapi/v1/face-restorers"), Json::parse(R"([{"name": "None", "cmd_dir": null}])"));
}

TEST_F(SdapiLists, TheMachineIsTold) {
  const Json memory = get("/sdapi/v1/memory");
  EXPECT_GT(memory["ram"]["total"], memory["ram"]["used"]);
  EXPECT_TRUE(memory["cuda"].contains("error"));
  const Json flags = get("/sdapi/v1/cmd-flags");
  EXPECT_EQ(flags["port"], 7860);
  EXPECT_EQ(flags["data_dir"], folder_.data_dir().string());
}

TEST_F(SdapiLists, OptionsAreReadChangedAndReadAgain) {
  const Json options = get("/sdapi/v1/options");
  EXPECT_EQ(options["CLIP_stop_at_last_layers"], 1);
  EXPECT_TRUE(options["quicksettings_list"].is_array());
  EXPECT_THAT(options["sd_model_checkpoint"].get<std::string>(), StartsWith("small/micro.safetensors ["));
  EXPECT_TRUE(post("/sdapi/v1/options", {{"CLIP_stop_at_last_layers", 2}, {"grid_save", false}}).is_null());
  EXPECT_EQ(get("/sdapi/v1/options")["CLIP_stop_at_last_layers"], 2);
  EXPECT_TRUE(post("/sdapi/v1/options", {{"CLIP_stop_at_last_layers", "3"}, {"grid_save", "True"}}).is_null());
  EXPECT_EQ(get("/sdapi/v1/options")["CLIP_stop_at_last_layers"], 3);
  EXPECT_EQ(get("/sdapi/v1/options")["grid_save"], true);
  EXPECT_TRUE(post("/sdapi/v1/options", options).is_null()) << "what was read can be written";
  EXPECT_EQ(get("/sdapi/v1/options"), options);
}

TEST_F(SdapiLists, WrongOptionsChangeNothing) {
  const Json before = get("/sdapi/v1/options");
  const Response unknown = ask("POST", "/sdapi/v1/options", R"({"CLIP_stop_at_last_layers": 3, "CLIP_skip": 2})");
  EXPECT_EQ(unknown.status, 500);
  EXPECT_EQ(Json::parse(unknown.body)["errors"], "'CLIP_skip'");
  const Response model =
      ask("POST", "/sdapi/v1/options", R"({"CLIP_stop_at_last_layers": 3, "sd_model_checkpoint": "/etc/passwd"})");
  EXPECT_EQ(model.status, 500);
  EXPECT_EQ(Json::parse(model.body)["errors"], "model '/etc/passwd' not found");
  EXPECT_EQ(ask("POST", "/sdapi/v1/options", R"({"CLIP_stop_at_last_layers": "two"})").status, 422);
  EXPECT_EQ(ask("POST", "/sdapi/v1/options", R"({"CLIP_stop_at_last_layers": {"a": 1}})").status, 422);
  EXPECT_EQ(get("/sdapi/v1/options"), before);
}

TEST_F(SdapiLists, TheModelCanBeUnloadedAndLoaded) {
  EXPECT_EQ(read(ask("POST", "/sdapi/v1/reload-checkpoint"), "reload"), Json::object());
  EXPECT_TRUE(studio_->loaded().is_loaded);
  EXPECT_EQ(read(ask("POST", "/sdapi/v1/unload-checkpoint"), "unload"), Json::object());
  EXPECT_FALSE(studio_->loaded().is_loaded);
}

TEST_F(SdapiLists, IdleProgressIsZero) {
  const Json progress = get("/sdapi/v1/progress?skip_current_image=True");
  EXPECT_EQ(progress["progress"], 0);
  EXPECT_EQ(progress["eta_relative"], 0);
  EXPECT_EQ(progress["state"]["job_count"], 0);
  EXPECT_TRUE(progress["current_image"].is_null());
  EXPECT_EQ(progress["state"]["interrupted"], false);
}

TEST_F(SdapiLists, InterruptAndSkipAnswerJsonWhenNothingRuns) {
  EXPECT_EQ(ask("POST", "/sdapi/v1/interrupt").body, "{}");
  EXPECT_EQ(ask("POST", "/sdapi/v1/skip").body, "null");
}

TEST_F(SdapiLists, PngInfoReadsAPicture) {
  const io::Image dot{.width = 1, .height = 1, .channels = 1, .pixels = {9}};
  const std::vector<io::PngText> texts{{"parameters", "a cat\nSteps: 20, Sampler: Euler, Size: 64x32"},
                                       {"Title", "mine"}};
  const std::string image = base64_encode(io::encode_png(dot, texts));
  const Json info = post("/sdapi/v1/png-info", {{"image", "data:image/png;base64," + image}});
  EXPECT_EQ(info["info"], texts[0].text);
  EXPECT_EQ(info["items"], (Json{{"Title", "mine"}}));
  EXPECT_EQ(info["parameters"]["Prompt"], "a cat");
  EXPECT_EQ(info["parameters"]["Size-2"], "32");
  EXPECT_EQ(post("/sdapi/v1/png-info", {{"image", ""}})["info"], "");
  EXPECT_EQ(ask("POST", "/sdapi/v1/png-info", R"({"image": "!!"})").status, 500);
  EXPECT_EQ(ask("POST", "/sdapi/v1/png-info", "{}").status, 422);
}

TEST_F(SdapiLists, WhatComesLaterIs501) {
  for (const char* route : {"interrogate", "create/embedding", "train/hypernetwork"}) {
    const Response response = ask("POST", std::string("/sdapi/v1/") + route, "{}");
    EXPECT_EQ(response.status, 501) << route;
    EXPECT_THAT(Json::parse(response.body)["detail"].get<std::string>(), HasSubstr("not supported yet"));
  }
}

TEST_F(SdapiLists, TheServerEndsOnlyWhereThatIsAllowed) {
  Router without;
  add_sdapi_routes(without, *studio_);
  for (const char* name : {"server-stop", "server-kill", "server-restart"}) {
    Request request;
    request.method = "POST";
    request.path = std::string("/sdapi/v1/") + name;
    const Response refusal = without.answer(request);
    EXPECT_EQ(refusal.status, 403);
    EXPECT_THAT(refusal.body, HasSubstr("--api-server-stop"));
  }
  EXPECT_EQ(ask("POST", "/sdapi/v1/server-restart").status, 200);
  EXPECT_TRUE(was_restarted_);
  EXPECT_FALSE(was_stopped_);
  EXPECT_EQ(ask("POST", "/sdapi/v1/server-stop").status, 200);
  EXPECT_TRUE(was_stopped_);
}

TEST_F(SdapiLists, ControlNetIsNotThereYet) {
  EXPECT_EQ(get("/controlnet/version"), (Json{{"version", 3}}));
  EXPECT_EQ(get("/controlnet/model_list?update=true"), (Json{{"model_list", Json::array()}}));
  EXPECT_EQ(get("/controlnet/module_list")["module_list"], Json::array());
  EXPECT_EQ(get("/controlnet/control_types"), (Json{{"control_types", Json::object()}}));
  EXPECT_EQ(get("/controlnet/settings")["control_net_unit_count"], 0);
  EXPECT_EQ(ask("POST", "/controlnet/detect", R"({"controlnet_images": []})").status, 501);
}

TEST_F(SdapiLists, TheBrowsersRoutesKnowTasks) {
  EXPECT_EQ(get("/internal/ping"), Json::object());
  const Json unknown = post("/internal/progress", {{"id_task", "task(none)"}});
  EXPECT_EQ(unknown["textinfo"], "Waiting...");
  EXPECT_EQ(unknown["active"], false);
  EXPECT_EQ(unknown["id_live_preview"], -1);
  studio_->queue().pause();
  service::NewJob job;
  job.request = R"({"prompt": "cat", "steps": 1, "width": 64, "height": 64})";
  job.task = "task(mine)";
  studio_->submit(job);
  const Json queued = post("/internal/progress", {{"id_task", "task(mine)"}});
  EXPECT_EQ(queued["queued"], true);
  EXPECT_EQ(queued["textinfo"], "In queue: 1/1");
  EXPECT_EQ(get("/internal/pending-tasks"), (Json{{"size", 1}, {"tasks", {"task(mine)"}}}));
  EXPECT_TRUE(get("/internal/quicksettings-hint")[0].contains("label"));
  EXPECT_TRUE(get("/internal/sysinfo").contains("Device"));
  EXPECT_EQ(ask("POST", "/internal/progress", "{}").status, 422);
}

TEST_F(SdapiLists, CardsOfNetworksShowWhatLiesBesideThem) {
  std::ofstream(folder_.models() / "Lora" / "line.preview.png") << "a picture";
  std::ofstream(folder_.data_dir() / "secret.png") << "secret";
  const std::string preview = (folder_.models() / "Lora" / "line.preview.png").string();
  const Response thumbnail = ask("GET", "/sd_extra_networks/thumb?filename=" + preview);
  EXPECT_EQ(thumbnail.file, preview);
  EXPECT_EQ(thumbnail.content_type, "image/png");
  for (const std::string& other :
       {(folder_.data_dir() / "secret.png").string(), std::string("/etc/passwd"), std::string()}) {
    EXPECT_EQ(ask("GET", "/sd_extra_networks/thumb?filename=" + other).status, 404) << other;
  }
  EXPECT_EQ(get("/sd_extra_networks/metadata?page=lora"), Json::object());
  EXPECT_TRUE(get("/sd_extra_networks/metadata?page=Lora&item=line").is_object());
  EXPECT_EQ(get("/sd_extra_networks/get-single-card?page=lora&name=line")["name"], "line");
}

}  // namespace
}  // namespace fude::server
