#include <filesystem>

#include "tests/server/api_fixture.h"

namespace fude::server {
namespace {

using testing::HasSubstr;

class ApiVerifyTest : public ApiFixture {
 protected:
  static std::string place(const Json& job, std::size_t index = 0) {
    return "/pictures/" + job["pictures"][index].dump();
  }

  Json verified(const Json& job, const Json& body = Json::object(), std::size_t index = 0) {
    const Json queued = json("POST /pictures/{id}/verify", place(job, index) + "/verify", body);
    EXPECT_EQ(queued["kind"], "verify");
    studio_->wait(queued["id"], {});
    EXPECT_EQ(json("GET /jobs/{id}", "/jobs/" + queued["id"].dump())["state"], "done");
    return json("GET /pictures/{id}/verify", place(job, index) + "/verify");
  }

  Json made(const Json& request) {
    const Json job = json("POST /jobs", "/jobs", {{"kind", "txt2img"}, {"request", request}});
    studio_->wait(job["id"], {});
    return json("GET /jobs/{id}", "/jobs/" + job["id"].dump());
  }
};

TEST_F(ApiVerifyTest, FindsAPictureExact) {
  const Json job = finished_job();
  EXPECT_EQ(ask_as("GET /pictures/{id}/verify", place(job) + "/verify").status, 404);
  EXPECT_EQ(json("GET /pictures/{id}", place(job))["has_verification"], false);
  const Json answer = verified(job);
  EXPECT_EQ(json("GET /pictures/{id}", place(job))["has_verification"], true);
  EXPECT_EQ(answer["verdict"], "exact") << answer;
  EXPECT_EQ(answer["model"], "micro");
  EXPECT_EQ(answer["recorded_engine"]["precision"], "fp32");
  EXPECT_EQ(answer["recorded_engine"], answer["used_engine"]);
  EXPECT_FALSE(answer.contains("region"));
}

TEST_F(ApiVerifyTest, TakesFromTheJobWhatAPictureWasMadeFrom) {
  const std::string picture =  // a PNG of 8 x 8
      "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAFElEQVR42mNg4BCQUNAwsGCgjAEA8cgHAeqX3dQAAAAASUVORK5CYII=";
  Json request = small_picture();
  request["init_images"] = {picture};
  request["resize_mode"] = 1;
  const Json answer = verified(made(request));
  EXPECT_EQ(answer["verdict"], "exact") << answer;
  request["loopback"] = {{"loops", 2}};
  const Json loops = made(request);
  for (const std::size_t loop : {0, 1}) EXPECT_EQ(verified(loops, {}, loop)["verdict"], "exact") << loop;
}

TEST_F(ApiVerifyTest, NamesTheModelThatIsGone) {
  const Json job = finished_job();
  studio_->unload_model();
  std::filesystem::remove(folder_ / "models/Stable-diffusion/micro.safetensors");
  const Json answer = verified(job, {{"within", 3}});
  EXPECT_EQ(answer["verdict"], "missing");
  EXPECT_EQ(answer["within"], 3);
  EXPECT_EQ(answer["missing"][0]["part"], "model");
  EXPECT_EQ(answer["missing"][0]["name"], "micro");
  EXPECT_EQ(answer["model"], "");
}

TEST_F(ApiVerifyTest, RefusesWhatItDoesNotKnow) {
  const Json job = finished_job();
  EXPECT_EQ(ask("POST", "/pictures/999/verify", Json::object()).status, 404);
  EXPECT_EQ(ask("POST", place(job) + "/verify", {{"within", 256}}).status, 400);
  EXPECT_EQ(ask("POST", place(job) + "/verify", {{"exactly", true}}).status, 400);
}

TEST_F(ApiVerifyTest, FilmsShowHowAPictureCameToBe) {
  Json request = small_picture();
  request["keep_film"] = true;
  const Json job = made(request);
  EXPECT_EQ(json("GET /pictures/{id}", place(job))["has_film"], true);
  const Response kept = ask_as("GET /pictures/{id}/film", place(job) + "/film");
  EXPECT_EQ(kept.content_type, "image/webp");
  EXPECT_THAT(kept.body, HasSubstr("ANMF"));
  const Response slow = ask_as("GET /pictures/{id}/film", place(job) + "/film?rate=2.5&hold=1&download=true");
  EXPECT_NE(slow.body, kept.body);
  EXPECT_EQ(ask("GET", place(job) + "/film?rate=100").status, 400);
  EXPECT_EQ(ask("GET", place(job) + "/film?format=gif").status, 400);
  const Response mp4 = ask_as("GET /pictures/{id}/film", place(job) + "/film?format=mp4");
  EXPECT_TRUE(mp4.status == 501 || mp4.body.substr(4, 4) == "ftyp");
}

TEST_F(ApiVerifyTest, AFilmGoesWithItsPicture) {
  Json request = small_picture();
  request["keep_film"] = true;
  const Json job = made(request);
  const auto films = [&] { return std::distance(std::filesystem::directory_iterator(folder_ / "films"), {}); };
  EXPECT_EQ(ask("DELETE", place(job)).status, 200);
  EXPECT_EQ(films(), 1) << "from the bin it may come back";
  EXPECT_EQ(ask("DELETE", "/bin").status, 200);
  EXPECT_EQ(films(), 0);
  EXPECT_EQ(ask("GET", place(job) + "/film").status, 404);
}

TEST_F(ApiVerifyTest, FilmsAreKeptOnlyWhenAskedFor) {
  const Json job = finished_job();
  EXPECT_EQ(json("GET /pictures/{id}", place(job))["has_film"], false);
  EXPECT_EQ(ask_as("GET /pictures/{id}/film", place(job) + "/film").status, 404);
}

}  // namespace
}  // namespace fude::server
