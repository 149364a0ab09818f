#include "server/web_ui_route.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "server/error_response.h"

namespace fude::server {
namespace {

std::string header(const Response& response, const std::string& name) {
  const auto found =
      std::ranges::find(response.headers, name, [](const auto& entry) -> const std::string& { return entry.first; });
  return found == response.headers.end() ? "" : found->second;
}

Response ask(const Router& router, const std::string& method, const std::string& path) {
  Request request;
  request.method = method;
  request.path = path;
  return router.answer(request);
}

TEST(WebUiRoute, TellsHowLongItTook) {
  Router router;
  add_web_ui_route(router, "GET", "/sdapi/v1/good", [](const Request&) { return ordered_response({{"a", 1}}); });
  add_web_ui_route(router, "GET", "/sdapi/v1/bad",
                   [](const Request&) -> Response { throw HttpError(404, "there is none"); });
  EXPECT_GE(std::stod(header(ask(router, "GET", "/sdapi/v1/good"), "X-Process-Time")), 0);
  const Response bad = ask(router, "GET", "/sdapi/v1/bad");
  EXPECT_EQ(bad.status, 404);
  EXPECT_NE(header(bad, "X-Process-Time"), "");
  EXPECT_EQ(Json::parse(bad.body)["detail"], "there is none");
}

TEST(WebUiRoute, MissingWorkIsToldWithItsReason) {
  Router router;
  add_missing_route(router, "POST", "/sdapi/v1/img2img", "making pictures from pictures");
  const Response response = ask(router, "POST", "/sdapi/v1/img2img");
  EXPECT_EQ(response.status, 501);
  const Json body = Json::parse(response.body);
  EXPECT_EQ(body["detail"], "making pictures from pictures is not supported yet");
  EXPECT_TRUE(body.contains("error") && body.contains("body") && body.contains("errors"));
}

TEST(WebUiFailure, HasTheFormOfThePythonProgram) {
  const Response response = web_ui_failure("KeyError", "'CLIP_skip'");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body, R"({"error":"KeyError","detail":"","body":"","errors":"'CLIP_skip'"})");
}

}  // namespace
}  // namespace fude::server
