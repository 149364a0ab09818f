#include "server/api_routes.h"

#include <fstream>

#include "core/base64.h"
#include "io/images/png_file.h"
#include "tests/server/api_fixture.h"

namespace fude::server {
namespace {

using testing::ContainerEq;
using testing::HasSubstr;

class ApiRoutesTest : public ApiFixture {
 protected:
  void ask_about_the_machine() {
    EXPECT_EQ(json("GET /status", "/status")["device"], "cpu");
    EXPECT_GT(json("GET /fields", "/fields")["fields"].size(), 50u);
    json("GET /progress", "/progress");
    json("GET /queue", "/queue");
    ask_as("GET /preview", "/preview");
    ask_as("GET /events", "/events");
    json("POST /interrupt", "/interrupt");
    json("POST /skip", "/skip");
  }

  void ask_about_jobs() {
    json("PATCH /queue", "/queue", {{"paused", true}});
    const Json job = json("POST /jobs", "/jobs", {{"kind", "txt2img"}, {"request", small_picture()}, {"count", 2}});
    const std::string place = "/jobs/" + job["id"].dump();
    EXPECT_EQ(json("PATCH /jobs/{id}", place, {{"position", 1}})["position"], 1);
    EXPECT_EQ(json("GET /jobs", "/jobs")["total"], 2);
    json("POST /jobs/{id}/repeat", place + "/repeat", {{"new_seed", false}});
    EXPECT_EQ(json("DELETE /jobs/{id}", place)["state"], "cancelled");
    const Json left = json("GET /jobs", "/jobs");
    for (const Json& waiting : left["jobs"]) ask("DELETE", "/jobs/" + waiting["id"].dump());
    json("PATCH /queue", "/queue", {{"paused", false}});
  }

  void ask_about_pictures(const Json& job) {
    const std::string place = "/pictures/" + job["pictures"][0].dump();
    EXPECT_EQ(json("GET /pictures", "/pictures?text=cat&order=rating&limit=5")["total"], 1);
    EXPECT_EQ(json("GET /pictures/{id}", place)["width"], 64);
    json("PATCH /pictures/{id}", place, {{"rating", 4}, {"note", "好き"}, {"tags", {"cat"}}});
    EXPECT_EQ(json("GET /pictures/facets", "/pictures/facets")["tags"][0]["name"], "cat");
    EXPECT_EQ(ask_as("GET /pictures/{id}/file", place + "/file").content_type, "image/png");
    EXPECT_THAT(ask_as("GET /pictures/{id}/thumbnail", place + "/thumbnail?side=64").body, HasSubstr("WEBP"));
    EXPECT_EQ(json("GET /pictures/{id}/recipe", place + "/recipe")["request"]["prompt"], "a cat");
    EXPECT_EQ(json("POST /pictures/rescan", "/pictures/rescan")["seen"], 1);
    const Json mosaic = json("POST /pictures/{id}/mosaic", place + "/mosaic", {{"mask", white()}, {"block", 8}});
    EXPECT_EQ(mosaic["rating"], 4);
    EXPECT_THAT(mosaic["file"].get<std::string>(), testing::EndsWith("-edited.png"));
  }

  static std::string white() {
    io::Image mask{.width = 64, .height = 64, .channels = 1, .pixels = {}};
    mask.pixels.resize(64 * 64, 255);
    return base64_encode(io::encode_png(mask));
  }

  void ask_about_the_making(const Json& job) {
    const std::string place = "/pictures/" + job["pictures"][0].dump();
    studio_->wait(json("POST /pictures/{id}/verify", place + "/verify")["id"], {});
    EXPECT_EQ(json("GET /pictures/{id}/verify", place + "/verify")["verdict"], "exact");
    EXPECT_EQ(ask_as("GET /pictures/{id}/film", place + "/film").status, 404) << "nobody asked for one";
  }

  void ask_about_enlarging(const Json& job) {
    EXPECT_GE(json("GET /upscalers", "/upscalers")["upscalers"].size(), 7u);
    EXPECT_EQ(json("GET /upscalers", "/upscalers")["latent"][0], "Latent");
    const Json queued =
        json("POST /upscales", "/upscales", {{"picture", job["pictures"][0]}, {"upscaler", "Lanczos"}, {"factor", 2}});
    studio_->wait(queued["id"], {});
    const Json done = json("GET /jobs/{id}", "/jobs/" + queued["id"].dump());
    ASSERT_EQ(done["state"], "done") << done;
    EXPECT_EQ(json("GET /pictures/{id}", "/pictures/" + done["pictures"][0].dump())["width"], 128);
  }

  void ask_about_comparing() {
    const Json order{{"script", "plot"},
                     {"request", small_picture()},
                     {"axes", {{"x", {{"axis", "Steps"}, {"choices", {"1", "2"}}}}}}};
    EXPECT_GT(json("GET /comparison-axes", "/comparison-axes")["axes"].size(), 50u);
    EXPECT_EQ(json("POST /comparison-outline", "/comparison-outline", order)["pictures"], 2);
    const Json queued = json("POST /comparisons", "/comparisons", order);
    studio_->wait(queued["id"], {});
    EXPECT_EQ(json("GET /comparisons/{id}", "/comparisons/" + queued["id"].dump())["grids"].size(), 1u);
  }

  void ask_about_keeping(const Json& job) {
    const Json saved = json("POST /pictures/save", "/pictures/save", {{"pictures", job["pictures"]}, {"zip", true}});
    ask_as("GET /archives/{name}", "/archives/" + saved["zip"].get<std::string>());
  }

  void ask_about_folders() {
    const Json folders = json("GET /folders", "/folders")["folders"];
    ASSERT_GE(folders.size(), 1u) << "those of the pictures made before";
    const Json queued = json("POST /folder-jobs", "/folder-jobs",
                             {{"folder", folders[0]["name"]},
                              {"output", "redrawn"},
                              {"reuse", {"seed"}},
                              {"request", {{"prompt", "a cat"}, {"steps", 2}, {"width", 64}, {"height", 64}}}});
    studio_->wait(queued["id"], {});
    EXPECT_EQ(json("GET /jobs/{id}", "/jobs/" + queued["id"].dump())["request"]["output"], "redrawn");
    EXPECT_EQ(ask_as("POST /jobs/{id}/resume", "/jobs/" + queued["id"].dump() + "/resume").status, 400);
  }

  void ask_about_the_bin(const Json& job) {
    const std::string place = "/pictures/" + job["pictures"][0].dump();
    EXPECT_EQ(json("DELETE /pictures/{id}", place)["in_bin"], true);
    EXPECT_EQ(json("POST /pictures/{id}/restore", place + "/restore")["in_bin"], false);
    ask("DELETE", place);
    EXPECT_EQ(json("DELETE /bin", "/bin")["deleted"], 1);
    EXPECT_EQ(ask_as("GET /pictures/{id}", place).status, 404);
  }

  void ask_about_models(const Json& job) {
    const std::string place = "/models/checkpoint/micro";
    EXPECT_GE(json("GET /models", "/models?use=checkpoint")["models"].size(), 2u);
    json("POST /models/refresh", "/models/refresh");
    json("PATCH /models/{use}/{name}", place, {{"notes", "tiny"}, {"preferred_weight", 0.5}});
    EXPECT_EQ(json("GET /models/{use}/{name}", place)["notes"], "tiny");
    json("PUT /models/{use}/{name}/preview", place + "/preview", {{"picture", job["pictures"][0]}});
    EXPECT_EQ(ask_as("GET /models/{use}/{name}/preview", place + "/preview").content_type, "image/png");
    EXPECT_EQ(json("PUT /loaded-model", "/loaded-model", {{"name", "micro"}})["is_loaded"], true);
    json("GET /loaded-model", "/loaded-model");
    EXPECT_EQ(json("DELETE /loaded-model", "/loaded-model")["is_loaded"], false);
    ask_as("POST /merges", "/merges", {{"models", {"micro", "micro"}}, {"method", "none such"}, {"name", "mix"}});
  }

  void ask_about_words() {
    json("PUT /styles/{name}", "/styles/ink", {{"prompt", "{prompt}, ink"}, {"negative_prompt", ""}});
    EXPECT_EQ(json("GET /styles", "/styles")["styles"][0]["name"], "ink");
    json("DELETE /styles/{name}", "/styles/ink");
    json("PUT /wildcards/{name}", "/wildcards/people%2Fhair", {{"text", "bob cut\nponytail\n"}});
    EXPECT_EQ(json("GET /wildcards", "/wildcards")["wildcards"][0]["count"], 2);
    EXPECT_EQ(json("GET /wildcards/{name}", "/wildcards/people%2Fhair")["text"], "bob cut\nponytail\n");
    json("DELETE /wildcards/{name}", "/wildcards/people%2Fhair");
    std::filesystem::create_directories(folder_ / "tags");
    std::ofstream(folder_ / "tags/mine.csv") << "cat,0,5,\n";
    EXPECT_EQ(json("GET /tags", "/tags")["files"][0]["name"], "mine");
    ask_as("GET /tags/{name}", "/tags/mine");
    EXPECT_EQ(json("POST /prompt", "/prompt", {{"text", "a cat <lora:x:1>"}})["networks"][0]["name"], "x");
    EXPECT_EQ(
        json("POST /recipe", "/recipe", {{"text", "a dog\nSteps: 3, Sampler: Euler, Seed: 1"}})["request"]["steps"], 3);
  }

  void ask_about_settings() {
    EXPECT_GT(json("GET /settings", "/settings")["settings"].size(), 20u);
    json("PATCH /settings", "/settings", {{"CLIP_stop_at_last_layers", 2}});
  }
};

TEST_F(ApiRoutesTest, AreThoseThatAreDescribed) {
  std::set<std::string> routes;
  for (const Router::Route& route : router_.routes()) routes.insert(route.method + " " + route.pattern);
  EXPECT_THAT(routes, ContainerEq(description_.operations()));
}

TEST_F(ApiRoutesTest, EveryOneAnswersAsItIsDescribed) {
  const Json job = finished_job();
  ASSERT_EQ(job["state"], "done") << job;
  ask_about_the_machine();
  ask_about_jobs();
  ask_about_pictures(job);
  ask_about_models(job);
  ask_about_the_making(job);
  ask_about_enlarging(job);
  ask_about_comparing();
  ask_about_keeping(job);
  ask_about_folders();
  ask_about_the_bin(job);
  ask_about_words();
  ask_about_settings();
  EXPECT_THAT(asked_, ContainerEq(description_.operations()));
}

TEST_F(ApiRoutesTest, RefusalsAreAsDescribedToo) {
  const auto refused = [&](const std::string& operation, const std::string& target, const Json& body = {}) {
    const Response response = ask_as(operation, target, body);
    EXPECT_GE(response.status, 400) << operation;
    return Json::parse(response.body)["error"];
  };
  EXPECT_EQ(refused("GET /jobs", "/jobs?limit=501")["member"], "limit");
  EXPECT_EQ(refused("GET /jobs/{id}", "/jobs/77")["code"], "not_found");
  EXPECT_EQ(refused("POST /jobs", "/jobs", {{"kind", "txt2img"}})["member"], "request");
  EXPECT_EQ(refused("POST /jobs", "/jobs", {{"kind", "txt2img"}, {"request", {{"steps", 0}}}})["code"],
            "invalid_argument");
  EXPECT_EQ(refused("PATCH /queue", "/queue", {{"paused", "yes"}})["member"], "paused");
  refused("GET /pictures", "/pictures?order=biggest");
  refused("PATCH /pictures/{id}", "/pictures/5", {{"rating", 6}});
  refused("GET /pictures/{id}/thumbnail", "/pictures/5/thumbnail");
  refused("GET /models/{use}/{name}", "/models/checkpoint/none");
  refused("GET /models/{use}/{name}", "/models/spoon/none");
  refused("PUT /loaded-model", "/loaded-model", {{"name", "none"}});
  refused("PUT /wildcards/{name}", "/wildcards/..%2F..%2Fsecret", {{"text", ""}});
  refused("DELETE /styles/{name}", "/styles/none");
  refused("GET /tags/{name}", "/tags/none");
  refused("PATCH /settings", "/settings", {{"no_such_setting", 1}});
  refused("POST /folder-jobs", "/folder-jobs", {{"folder", "../secret"}, {"request", Json::object()}});
  EXPECT_EQ(refused("POST /folder-jobs", "/folder-jobs", {{"folder", "inputs"}, {"request", Json::object()}})["code"],
            "not_found");
  refused("PATCH /settings", "/settings", {{"sd_model_checkpoint", "no-such-model"}});
  refused("PATCH /settings", "/settings", {{"sd_vae", "no-such-vae"}});
  refused("POST /recipe", "/recipe", {{"image", base64_encode("no picture")}});
  refused("POST /prompt", "/prompt", Json::object());
}

}  // namespace
}  // namespace fude::server
