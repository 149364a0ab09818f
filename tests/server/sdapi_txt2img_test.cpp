#include <gmock/gmock.h>

#include <thread>

#include "core/base64.h"
#include "io/images/png_file.h"
#include "server/sent_picture.h"
#include "service/gallery.h"
#include "tests/server/studio_routes.h"

namespace fude::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string kRoute = "/sdapi/v1/txt2img";

class SdapiTxt2Img : public StudioRoutes {
 protected:
  Json small(const Json& members = Json::object()) const {
    Json body{{"prompt", "猫, sky"}, {"steps", 2}, {"width", 64},
              {"height", 64},        {"seed", 5},  {"sampler_name", "Euler"}};
    body.update(members);
    return body;
  }

  Json make(const Json& members = Json::object()) const { return post(kRoute, small(members)); }

  std::vector<std::string> grids() const {
    std::vector<std::string> names;
    const auto folder = studio_->outputs_folder() / "txt2img-grids";
    if (!std::filesystem::exists(folder)) return names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) names.push_back(entry.path().filename().string());
    }
    return names;
  }

  std::int64_t saved() const { return studio_->gallery().search({}).total; }
};

TEST_F(SdapiTxt2Img, AnswersWithPicturesParametersAndATextOfInfo) {
  const Json answer = make();
  ASSERT_EQ(answer["images"].size(), 1u);
  const std::string picture = *base64_decode(answer["images"][0].get<std::string>());
  const io::Image image = io::decode_png(std::as_bytes(std::span(picture)));
  EXPECT_EQ(image.width, 64);
  ASSERT_TRUE(answer["info"].is_string());
  const Json info = Json::parse(answer["info"].get<std::string>());
  EXPECT_EQ(info["seed"], 5);
  EXPECT_EQ(info["prompt"], "猫, sky");
  EXPECT_EQ(info["width"], 64);
  EXPECT_EQ(info["sampler_name"], "Euler");
  EXPECT_EQ(info["sd_model_name"], "micro");
  EXPECT_EQ(info["index_of_first_image"], 0);
  EXPECT_EQ(text_of_sent_picture(answer["images"][0].get<std::string>()).infotext, info["infotexts"][0]);
  EXPECT_EQ(answer["parameters"]["steps"], 2);
  EXPECT_EQ(answer["parameters"]["n_iter"], 1);
}

TEST_F(SdapiTxt2Img, SeedsAreResolvedAndCountUp) {
  const Json answer = make({{"seed", -1}, {"batch_size", 2}, {"n_iter", 2}});
  EXPECT_EQ(answer["images"].size(), 4u);
  EXPECT_EQ(answer["parameters"]["seed"], -1);
  const Json info = Json::parse(answer["info"].get<std::string>());
  const auto first = info["seed"].get<std::int64_t>();
  EXPECT_GE(first, 0);
  EXPECT_EQ(info["all_seeds"], Json({first, first + 1, first + 2, first + 3}));
  EXPECT_EQ(info["batch_size"], 2);
}

TEST_F(SdapiTxt2Img, TheSameRequestGivesTheSamePicture) { EXPECT_EQ(make()["images"], make()["images"]); }

TEST_F(SdapiTxt2Img, PicturesAreSavedOnlyWhenAskedFor) {
  make();
  EXPECT_EQ(saved(), 0);
  make({{"save_images", true}});
  EXPECT_EQ(saved(), 1);
  make({{"save_images", true}, {"do_not_save_samples", true}});
  EXPECT_EQ(saved(), 1);
}

TEST_F(SdapiTxt2Img, PicturesNeedNotBeSent) {
  const Json answer = make({{"send_images", false}, {"save_images", true}});
  EXPECT_EQ(answer["images"].size(), 0u);
  EXPECT_EQ(Json::parse(answer["info"].get<std::string>())["all_seeds"].size(), 1u);
  EXPECT_EQ(saved(), 1);
}

TEST_F(SdapiTxt2Img, InfotextFillsWhatIsNotGiven) {
  const Json info =
      Json::parse(post(kRoute, {{"infotext", "a dog\nSteps: 3, Sampler: Euler a, CFG scale: 4, Seed: 9, Size: 64x64"},
                                {"steps", 2}})["info"]
                      .get<std::string>());
  EXPECT_EQ(info["prompt"], "a dog");
  EXPECT_EQ(info["seed"], 9);
  EXPECT_EQ(info["steps"], 2);
  EXPECT_EQ(info["sampler_name"], "Euler a");
}

TEST_F(SdapiTxt2Img, OverrideSettingsChangeOnePicture) {
  const Json changed =
      make({{"override_settings", {{"CLIP_stop_at_last_layers", 2}, {"sd_model_checkpoint", "none"}}}});
  EXPECT_EQ(Json::parse(changed["info"].get<std::string>())["clip_skip"], 2);
  EXPECT_EQ(Json::parse(make()["info"].get<std::string>())["clip_skip"], 1);
}

TEST_F(SdapiTxt2Img, OverrideSettingsStayWhereThatIsAsked) {
  make({{"override_settings", {{"CLIP_stop_at_last_layers", 2}, {"sd_model_checkpoint", "Hajime"}}},
        {"override_settings_restore_afterwards", false},
        {"steps", 1}});
  EXPECT_EQ(studio_->settings().whole("CLIP_stop_at_last_layers"), 2);
  EXPECT_THAT(get("/sdapi/v1/options")["sd_model_checkpoint"].get<std::string>(), StartsWith("Hajime ["));
}

TEST_F(SdapiTxt2Img, AnUnknownSettingFailsAsInTheWebUi) {
  const Response response = ask("POST", kRoute, small({{"override_settings", {{"CLIP_skip", 2}}}}).dump());
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body, R"({"error":"KeyError","detail":"","body":"","errors":"'CLIP_skip'"})");
}

TEST_F(SdapiTxt2Img, UnknownMembersAreIgnored) { EXPECT_EQ(make({{"nobody", {1, 2}}})["images"].size(), 1u); }

TEST_F(SdapiTxt2Img, WrongValuesAre422WithAList) {
  for (const Json& members :
       {Json{{"steps", "many"}}, Json{{"steps", 0}}, Json{{"width", 1e300}}, Json{{"seed", Json::array()}},
        Json{{"cfg_scale", -5}}, Json{{"styles", "ink"}}, Json{{"batch_size", 1000000}}, Json{{"height", -8}},
        Json{{"override_settings", {{"CLIP_stop_at_last_layers", 99}}}}}) {
    const Response response = ask("POST", kRoute, small(members).dump());
    EXPECT_EQ(response.status, 422) << members << response.body;
    const Json body = Json::parse(response.body);
    ASSERT_TRUE(body["detail"].is_array()) << response.body;
    EXPECT_EQ(body["detail"][0]["loc"][0], "body");
  }
  const Json body = Json::parse(ask("POST", kRoute, small({{"steps", "many"}}).dump()).body);
  EXPECT_EQ(body["detail"][0]["loc"], Json({"body", "steps"}));
}

TEST_F(SdapiTxt2Img, AnUnknownSamplerIs400) {
  const Response response = ask("POST", kRoute, small({{"sampler_name", "Eular"}}).dump());
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(Json::parse(response.body)["detail"], "Sampler not found");
}

TEST_F(SdapiTxt2Img, HostileBodiesAreRefused) {
  for (const std::string& body :
       {std::string("{"), std::string("[]"), std::string("\"text\""), std::string("null"), std::string(5000, '['),
        "{\"prompt\": \"" + std::string("\xFF\xFE") + "\"}", std::string(R"({"steps": 1e999})"),
        std::string(R"({"seed": 99999999999999999999999})"),
        R"({"a":)" + std::string(100, '[') + std::string(100, ']') + "}"}) {
    const Response response = ask("POST", kRoute, body);
    EXPECT_GE(response.status, 400) << body.substr(0, 60);
    EXPECT_LT(response.status, 500) << body.substr(0, 60);
  }
  Request form;
  form.method = "POST";
  form.path = kRoute;
  form.body = "prompt=cat";
  form.headers["Content-Type"] = "application/x-www-form-urlencoded";
  EXPECT_EQ(router_.answer(form).status, 415);
}

TEST_F(SdapiTxt2Img, AClientThatGoesTakesItsUnsavedJobAlong) {
  studio_->queue().pause();
  const auto gone = std::make_shared<Cancellation>();
  Request request;
  request.method = "POST";
  request.path = kRoute;
  request.headers["Content-Type"] = "application/json";
  request.gone = gone;
  gone->request();
  request.body = small().dump();
  router_.answer(request);
  request.body = small({{"save_images", true}}).dump();
  router_.answer(request);
  EXPECT_EQ(studio_->queue().counts().waiting, 1);
}

TEST_F(SdapiTxt2Img, AnInterruptedJobGivesWhatThereIs) {
  std::thread stopper([this] {
    while (!studio_->running().job || studio_->running().step < 2) std::this_thread::yield();
    ask("POST", "/sdapi/v1/interrupt");
  });
  const Response response = ask("POST", kRoute, small({{"steps", 150}, {"n_iter", 50}}).dump());
  stopper.join();
  ASSERT_EQ(response.status, 200) << response.body;
  const Json answer = Json::parse(response.body);
  EXPECT_GE(answer["images"].size(), 1u);
  EXPECT_LT(answer["images"].size(), 50u);
}

TEST_F(SdapiTxt2Img, EveryOneOfManyClientsGetsItsOwnPicture) {
  constexpr int kClients = 20;
  std::vector<Response> responses(kClients);
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&, i] { responses[i] = ask("POST", kRoute, small({{"seed", 100 + i}}).dump()); });
  }
  for (std::thread& client : clients) client.join();
  for (int i = 0; i < kClients; ++i) {
    ASSERT_EQ(responses[i].status, 200) << responses[i].body;
    const Json answer = Json::parse(responses[i].body);
    ASSERT_EQ(answer["images"].size(), 1u);
    EXPECT_THAT(*text_of_sent_picture(answer["images"][0].get<std::string>()).infotext,
                HasSubstr("Seed: " + std::to_string(100 + i)));
  }
}

TEST_F(SdapiTxt2Img, ARunningJobTellsItsProgress) {
  std::thread client([this] {
    ask("POST", kRoute, small({{"steps", 150}, {"n_iter", 50}, {"force_task_id", "task(mine)"}}).dump());
  });
  while (studio_->running().step < 2) std::this_thread::yield();
  const Json progress = get("/sdapi/v1/progress");
  const Json internal = post("/internal/progress", {{"id_task", "task(mine)"}, {"id_live_preview", -1}});
  ask("POST", "/sdapi/v1/interrupt");
  client.join();
  EXPECT_GE(progress["progress"], 0.01);
  EXPECT_LT(progress["progress"], 1.0);
  EXPECT_GE(progress["eta_relative"], 0.0);
  EXPECT_EQ(progress["state"]["job"], "task(mine)");
  EXPECT_EQ(progress["state"]["job_count"], 50);
  EXPECT_EQ(progress["state"]["sampling_steps"], 150);
  EXPECT_EQ(progress["state"]["job_timestamp"].get<std::string>().size(), 14u);
  EXPECT_EQ(internal["active"], true);
  EXPECT_GE(internal["progress"], 0.01);
  if (!internal["live_preview"].is_null()) {
    EXPECT_THAT(internal["live_preview"].get<std::string>(), StartsWith("data:image/"));
  }
  const Json after = post("/internal/progress", {{"id_task", "task(mine)"}});
  EXPECT_EQ(after["completed"], true);
  EXPECT_EQ(after["active"], false);
}

TEST_F(SdapiTxt2Img, ABatchThatIsSavedHasItsGridFirst) {
  const Json answer = make({{"batch_size", 2}, {"n_iter", 2}, {"save_images", true}});
  ASSERT_EQ(answer["images"].size(), 5u);
  const std::string picture = *base64_decode(answer["images"][0].get<std::string>());
  EXPECT_EQ(io::decode_png(std::as_bytes(std::span(picture))).width, 128);
  const Json info = Json::parse(answer["info"].get<std::string>());
  EXPECT_EQ(info["index_of_first_image"], 1);
  EXPECT_EQ(info["all_seeds"], Json({5, 6, 7, 8}));
  EXPECT_EQ(info["infotexts"].size(), 5u);
  EXPECT_EQ(grids(), std::vector<std::string>{"grid-0000-5.png"});
}

TEST_F(SdapiTxt2Img, GridsAreMadeAsTheSettingsSay) {
  const Json batch{{"batch_size", 2}, {"n_iter", 2}, {"save_images", true}};
  const auto count = [&](const Json& settings, const Json& members = Json::object()) {
    Json body = batch;
    body["override_settings"] = settings;
    body.update(members);
    return make(body)["images"].size();
  };
  EXPECT_EQ(count({{"return_grid", false}, {"grid_save", false}}), 4u);
  EXPECT_TRUE(grids().empty());
  EXPECT_EQ(count({}, {{"do_not_save_grid", true}}), 4u);
  EXPECT_EQ(count({}, {{"save_images", false}}), 4u);
  EXPECT_EQ(count({{"grid_save", false}}, {{"batch_size", 1}, {"n_iter", 1}}), 1u);
  EXPECT_TRUE(grids().empty());
  EXPECT_EQ(count({{"return_grid", false}, {"grid_format", "jpg"}, {"n_rows", 1}}), 4u);
  EXPECT_EQ(grids(), std::vector<std::string>{"grid-0000-5.jpg"});
}

TEST_F(SdapiTxt2Img, AJobMayHaveAFormatOfItsOwn) {
  for (const bool saves : {false, true}) {
    const Json answer = make({{"save_images", saves}, {"override_settings", {{"samples_format", "webp"}}}});
    const std::string picture = *base64_decode(answer["images"][0].get<std::string>());
    EXPECT_EQ(picture.substr(8, 4), "WEBP");
    EXPECT_EQ(text_of_sent_picture(answer["images"][0].get<std::string>()).infotext,
              Json::parse(answer["info"].get<std::string>())["infotexts"][0]);
  }
  EXPECT_THAT(studio_->gallery().search({}).pictures[0].file, testing::EndsWith(".webp"));
  EXPECT_EQ(studio_->settings().text("samples_format"), "png");
  EXPECT_EQ(ask("POST", kRoute, small({{"override_settings", {{"samples_format", "tiff"}}}}).dump()).status, 422);
}

TEST_F(SdapiTxt2Img, HiresFixMakesTheLargerPicture) {
  const Json answer =
      make({{"enable_hr", true}, {"hr_scale", 2}, {"hr_upscaler", "Latent"}, {"denoising_strength", 0.5}});
  ASSERT_EQ(answer["images"].size(), 1u);
  const std::string picture = *base64_decode(answer["images"][0].get<std::string>());
  EXPECT_EQ(io::decode_png(std::as_bytes(std::span(picture))).width, 128);
  EXPECT_THAT(Json::parse(answer["info"].get<std::string>())["infotexts"][0].get<std::string>(),
              HasSubstr("Hires upscale: 2"));
}

TEST_F(SdapiTxt2Img, AnUnknownUpscalerIsRefusedBeforeAnythingIsMade) {
  const Json hires{{"enable_hr", true}, {"hr_upscaler", "Lancsoz"}};
  const Response response = ask("POST", kRoute, small(hires).dump());
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(Json::parse(response.body)["detail"].get<std::string>(),
              testing::AllOf(HasSubstr("did you mean 'Lanczos'"), HasSubstr("GET /sdapi/v1/upscalers")));
  Json matrix = small(hires);
  matrix.update({{"script_name", "Prompt matrix"}, {"script_args", Json::array()}});
  EXPECT_EQ(ask("POST", kRoute, matrix.dump()).status, 404);
  EXPECT_EQ(studio_->queue().list({.states = {service::JobState::kFailed}}).total, 0);
}

TEST_F(SdapiTxt2Img, TellsHowLongItTook) {
  const Response response = ask("POST", kRoute, small().dump());
  ASSERT_FALSE(response.headers.empty());
  EXPECT_EQ(response.headers.back().first, "X-Process-Time");
}

}  // namespace
}  // namespace fude::server
