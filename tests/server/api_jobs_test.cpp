#include <SQLiteCpp/SQLiteCpp.h>

#include "tests/server/api_fixture.h"

namespace fude::server {
namespace {

using testing::HasSubstr;

class ApiJobsTest : public ApiFixture {
 protected:
  Json submit(const Json& more = Json::object()) {
    Json body{{"kind", "txt2img"}, {"request", small_picture()}};
    body.update(more);
    return json("POST /jobs", "/jobs", body);
  }

  // Of the only job there is, behind it. Through the queue each would be brought to the disk by itself.
  void add_copies(int count) {
    SQLite::Database database((folder_ / "fude.db").string(), SQLite::OPEN_READWRITE, /*aBusyTimeoutMs=*/5000);
    database.exec("WITH RECURSIVE copy(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM copy LIMIT " +
                  std::to_string(count) +
                  ") INSERT INTO jobs (kind, request, priority, state, place, origin, created_at) "
                  "SELECT kind, request, priority, state, place + number, origin, created_at FROM jobs, copy");
  }

  Response change(const Json& job, const Json& body) { return ask_as("PATCH /jobs/{id}", place(job), body); }
  static std::string place(const Json& job) { return "/jobs/" + job["id"].dump(); }
};

TEST_F(ApiJobsTest, TenThousandWaitingOnesAreListedPageByPage) {
  constexpr int kJobs = 10'000;
  studio_->queue().pause();
  submit();
  add_copies(kJobs - 1);
  int position = 0;
  while (true) {
    const Json page = Json::parse(ask("GET", "/jobs?limit=500&state=waiting&after=" + std::to_string(position)).body);
    EXPECT_EQ(page["total"], kJobs);
    if (page["jobs"].empty()) break;
    for (const Json& waiting : page["jobs"]) ASSERT_EQ(waiting["position"], ++position);
  }
  EXPECT_EQ(position, kJobs);
  EXPECT_EQ(json("GET /queue", "/queue")["waiting"], kJobs);
}

TEST_F(ApiJobsTest, AreMovedWhileTheyWait) {
  studio_->queue().pause();
  const Json first = submit(), second = submit();
  EXPECT_EQ(Json::parse(change(second, {{"position", 1}}).body)["position"], 1);
  EXPECT_EQ(json("GET /jobs/{id}", place(first))["position"], 2);
  EXPECT_EQ(Json::parse(change(first, {{"priority", 5}}).body)["position"], 1);
  EXPECT_EQ(change(first, {{"position", 0}}).status, 400);
  EXPECT_EQ(change(first, {{"place", 1}}).status, 400);
}

TEST_F(ApiJobsTest, ThatHaveEndedCannotBeMoved) {
  studio_->queue().pause();
  const Json job = submit();
  ask("DELETE", place(job));
  const Response response = change(job, {{"position", 1}});
  EXPECT_EQ(response.status, 409);
  EXPECT_THAT(response.body, HasSubstr("cancelled"));
}

TEST_F(ApiJobsTest, SeveralAtOnceAreOneCall) {
  studio_->queue().pause();
  EXPECT_EQ(submit({{"count", 7}})["position"], 7);
  EXPECT_EQ(json("GET /queue", "/queue")["waiting"], 7);
}

TEST_F(ApiJobsTest, AreToldWithoutThePicturesThatTheyBeginWith) {
  studio_->queue().pause();
  const std::string picture =  // a PNG of 8 x 8
      "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAFElEQVR42mNg4BCQUNAwsGCgjAEA8cgHAeqX3dQAAAAASUVORK5CYII=";
  Json request = small_picture();
  request["init_images"] = {picture};
  const Json job = submit({{"request", request}});
  EXPECT_FALSE(job["request"].contains("init_images"));
  EXPECT_EQ(job["request"]["prompt"], request["prompt"]);
}

TEST_F(ApiJobsTest, PicturesThatCannotBeUsedAreRefusedWhenTheyCome) {
  const auto refused = [&](const char* member, const Json& value) {
    Json request = small_picture();
    request["init_images"] = {"not a picture"};
    request[member] = value;
    return ask("POST", "/jobs", {{"kind", "txt2img"}, {"request", request}});
  };
  const std::string pixel =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNocFAAAAIkAOGrWWInAAAAAElFTkSuQmCC";
  const Response small = refused("init_images", {pixel}), other = refused("init_images", {"QUJD"});
  EXPECT_EQ(small.status, 400);
  EXPECT_THAT(small.body, HasSubstr("init_images[0] is 1x1, expected at least 8 pixels"));
  EXPECT_EQ(other.status, 400);
  EXPECT_THAT(other.body, HasSubstr("expected a PNG, JPEG or WebP picture"));
  EXPECT_EQ(json("GET /queue", "/queue")["waiting"], 0);
}

TEST_F(ApiJobsTest, AWrongRequestIsRefusedBeforeItIsStored) {
  const auto refused = [&](const Json& request) {
    const Json body{{"kind", "txt2img"}, {"request", request}};
    return Json::parse(ask_as("POST /jobs", "/jobs", body).body)["error"]["message"].get<std::string>();
  };
  EXPECT_THAT(refused({{"steps", 0}}), HasSubstr("steps"));
  EXPECT_THAT(refused({{"width", 1e9}}), HasSubstr("width"));
  EXPECT_THAT(refused({{"sampler_name", "none such"}}), HasSubstr("none such"));
  EXPECT_EQ(json("GET /jobs", "/jobs?state=waiting,running,done,failed,cancelled")["total"], 0);
}

}  // namespace
}  // namespace fude::server
