#include "server/site.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fude::server {
namespace {

Request asking(const std::string& host) {
  Request request;
  request.method = "GET";
  request.path = "/hello";
  request.headers["Host"] = host;
  return request;
}

bool has_policy(const Response& response) {
  return std::ranges::any_of(response.headers,
                             [](const auto& header) { return header.first == "Content-Security-Policy"; });
}

TEST(Site, EveryAnswerHasTheSecurityHeaders) {
  Router router;
  router.add("GET", "/hello", [](const Request&) { return Response{.body = "\"hello\""}; });
  Gatekeeper gatekeeper({});
  const RequestHooks hooks = site_hooks(gatekeeper, router);
  EXPECT_FALSE(hooks.admit(asking("localhost")));
  const auto refusal = hooks.admit(asking("evil.example"));
  ASSERT_TRUE(refusal);
  EXPECT_TRUE(has_policy(*refusal));
  const Response hello = hooks.answer(asking("localhost"));
  EXPECT_EQ(hello.body, "\"hello\"");
  EXPECT_TRUE(has_policy(hello));
}

}  // namespace
}  // namespace fude::server
