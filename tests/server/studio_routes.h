#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "server/json_body.h"
#include "server/openai_routes.h"
#include "server/request_target.h"
#include "server/router.h"
#include "server/sdapi_routes.h"
#include "service/studio.h"
#include "tests/support/models_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::server {

/// A true studio with the smallest of models, and the routes of other programs to it, without a socket.
class StudioRoutes : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.add(tests::tiny_model("micro-sd1"), "Stable-diffusion/small/micro.safetensors");
    studio_ = std::make_unique<service::Studio>(
        service::StudioOptions{.data_dir = folder_.data_dir(), .device = "cpu", .precision = "fp32", .memory = "auto"});
    studio_->settings().set("sd_model_checkpoint", std::string("small/micro.safetensors"));
    add_sdapi_routes(router_, *studio_,
                     {.flags = {{"port", 7860}},
                      .stop = [this] { was_stopped_ = true; },
                      .restart = [this] { was_restarted_ = true; }});
    add_openai_routes(router_, *studio_);
  }

  Response ask(const std::string& method, const std::string& path, const std::string& body = {}) const {
    Request request;
    request.method = method;
    const RequestTarget target = parse_target(path).value();
    request.path = target.path;
    request.query = target.query;
    request.body = body;
    if (!body.empty()) request.headers["Content-Type"] = "application/json";
    return router_.answer(request);
  }

  Json get(const std::string& path) const { return read(ask("GET", path), path); }
  Json post(const std::string& path, const Json& body) const { return read(ask("POST", path, body.dump()), path); }

  static Json read(const Response& response, const std::string& path) {
    EXPECT_EQ(response.status, 200) << path << ": " << response.body;
    return Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  }

  tests::ModelsFolder folder_;
  std::unique_ptr<service::Studio> studio_;
  Router router_;
  bool was_stopped_ = false;
  bool was_restarted_ = false;
};

}  // namespace fude::server
