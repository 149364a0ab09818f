#pragma once

#include <gmock/gmock.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "server/api_routes.h"
#include "server/json_body.h"
#include "service/studio.h"
#include "tests/server/api_description.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::server {

/// A studio with tiny models, and the own API on it. Every answer is held against the description.
class ApiFixture : public testing::Test {
 protected:
  ApiFixture() {
    const std::filesystem::path models = folder_ / "models/Stable-diffusion";
    std::filesystem::create_directories(models);
    std::filesystem::copy_file(tests::tiny_model("micro-sd1"), models / "micro.safetensors");
    studio_ = std::make_unique<service::Studio>(
        service::StudioOptions{.data_dir = folder_.path(), .device = "cpu", .precision = "fp32", .threads = 1});
    studio_->settings().set("sd_model_checkpoint", std::string("micro"));
    add_api_routes(router_, *studio_);
  }

  /// Asks "/jobs/5?limit=2" below /api/v1.
  Response ask(const std::string& method, const std::string& target, const Json& body = {}) {
    Request request;
    request.method = method;
    const std::size_t question = std::min(target.find('?'), target.size());
    request.path = "/api/v1" + target.substr(0, question);
    std::string query = target.substr(std::min(question + 1, target.size()));
    while (!query.empty()) {
      const std::size_t end = std::min(query.find('&'), query.size()), equals = query.find('=');
      request.query.emplace(query.substr(0, equals), query.substr(equals + 1, end - equals - 1));
      query.erase(0, end + 1);
    }
    request.remote = "127.0.0.1";
    if (!body.is_null()) {
      request.body = body.dump();
      request.headers["Content-Type"] = "application/json";
    }
    return router_.answer(std::move(request));
  }

  /// The same by the operation's name, "GET /jobs/{id}": the answer must be as it is described.
  Response ask_as(const std::string& operation, const std::string& target, const Json& body = {}) {
    const std::size_t space = operation.find(' ');
    const std::string name = operation.substr(0, space) + " /api/v1" + operation.substr(space + 1);
    const Response response = ask(operation.substr(0, space), target, body);
    EXPECT_THAT(description_.problems(name, response), testing::IsEmpty()) << name << ": " << response.body;
    asked_.insert(name);
    return response;
  }

  Json json(const std::string& operation, const std::string& target, const Json& body = {}) {
    return Json::parse(ask_as(operation, target, body).body);
  }

  static Json small_picture(const std::string& prompt = "a cat") {
    return {{"prompt", prompt}, {"seed", 5}, {"steps", 2}, {"width", 64}, {"height", 64}};
  }

  /// A job that has ended, and its only picture.
  Json finished_job() {
    const Json job = json("POST /jobs", "/jobs", {{"kind", "txt2img"}, {"request", small_picture()}});
    studio_->wait(job["id"], {});
    return json("GET /jobs/{id}", "/jobs/" + job["id"].dump());
  }

  tests::TemporaryFolder folder_;
  std::unique_ptr<service::Studio> studio_;
  Router router_;
  ApiDescription description_;
  std::set<std::string> asked_;
};

}  // namespace fude::server
