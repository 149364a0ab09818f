#include "server/router.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "server/error_response.h"

namespace fude::server {
namespace {

using testing::HasSubstr;

Response text(const std::string& words) { return {.body = words, .content_type = "text/plain"}; }

Request ask(std::string method, std::string path) {
  Request request;
  request.method = std::move(method);
  request.path = std::move(path);
  return request;
}

Router shelf() {
  Router router;
  router.add("GET", "/books", [](const Request&) { return text("all"); });
  router.add("GET", "/books/{name}", [](const Request& request) { return text(request.parts.at("name")); });
  router.add("GET", "/books/newest", [](const Request&) { return text("the newest"); });
  router.add("DELETE", "/books/{name}", [](const Request&) { return text("gone"); });
  router.add("GET", "/files/{path...}", [](const Request& request) { return text(request.parts.at("path")); });
  router.add("POST", "/fail", [](const Request&) -> Response { fail(ErrorCode::kNotFound, "no such book"); });
  router.add("POST", "/sdapi/v1/fail",
             [](const Request&) -> Response { fail(ErrorCode::kInvalidArgument, "steps is 0, expected 1..150"); });
  router.add("POST", "/v1/fail", [](const Request&) -> Response { throw HttpError(400, "n is 0", "n"); });
  router.add("POST", "/bug", [](const Request&) -> Response { throw std::logic_error("a bug"); });
  return router;
}

TEST(Router, HandsPartsOfThePathToTheHandler) {
  EXPECT_EQ(shelf().answer(ask("GET", "/books/botchan")).body, "botchan");
  EXPECT_EQ(shelf().answer(ask("GET", "/files/a/b/c")).body, "a/b/c");
  EXPECT_EQ(shelf().answer(ask("GET", "/books")).body, "all");
}

TEST(Router, PlainPartsWinOverVariables) { EXPECT_EQ(shelf().answer(ask("GET", "/books/newest")).body, "the newest"); }

TEST(Router, AnEscapedSlashStaysInsideOfItsPart) {
  EXPECT_EQ(shelf().answer(ask("GET", "/books/sky%2Fday")).body, "sky/day");
  EXPECT_EQ(shelf().answer(ask("GET", "/books/sky/day")).status, 404);
  EXPECT_EQ(shelf().answer(ask("GET", "/books/")).status, 404);
}

TEST(Router, HeadIsAnsweredAsGet) { EXPECT_EQ(shelf().answer(ask("HEAD", "/books")).status, 200); }

TEST(Router, AnotherMethodIsToldWhichOnesThereAre) {
  const Response response = shelf().answer(ask("PUT", "/books/botchan"));
  EXPECT_EQ(response.status, 405);
  ASSERT_EQ(response.headers.size(), 1u);
  EXPECT_EQ(response.headers[0], (std::pair<std::string, std::string>("Allow", "DELETE, GET, HEAD")));
}

TEST(Router, OptionsLetNoOtherSiteIn) {
  const Response response = shelf().answer(ask("OPTIONS", "/books/botchan"));
  EXPECT_EQ(response.status, 204);
  for (const auto& [name, value] : response.headers) EXPECT_FALSE(name.starts_with("Access-Control"));
}

TEST(Router, ErrorsOfHandlersAreAnswersInTheFormOfTheirPath) {
  const Router router = shelf();
  const Response own = router.answer(ask("POST", "/fail"));
  EXPECT_EQ(own.status, 404);
  EXPECT_EQ(own.body, R"({"error":{"code":"not_found","message":"no such book"}})");
  const Response web_ui = router.answer(ask("POST", "/sdapi/v1/fail"));
  EXPECT_EQ(web_ui.status, 422);
  EXPECT_EQ(nlohmann::json::parse(web_ui.body)["detail"][0]["msg"], "steps is 0, expected 1..150");
  const Response open_ai = router.answer(ask("POST", "/v1/fail"));
  EXPECT_EQ(open_ai.status, 400);
  EXPECT_EQ(nlohmann::json::parse(open_ai.body)["error"]["param"], "n");
  EXPECT_EQ(router.answer(ask("POST", "/bug")).status, 500);
}

TEST(Router, UnknownPathsGoToTheFallbackWhenTheyAreRead) {
  Router router = shelf();
  EXPECT_EQ(router.answer(ask("GET", "/gallery")).status, 404);
  router.set_fallback([](const Request&) { return text("the page"); });
  EXPECT_EQ(router.answer(ask("GET", "/gallery")).body, "the page");
  EXPECT_EQ(router.answer(ask("POST", "/gallery")).status, 404);
}

TEST(Router, BrokenEscapesAreRefused) { EXPECT_EQ(shelf().answer(ask("GET", "/books/%zz")).status, 400); }

}  // namespace
}  // namespace fude::server
