#include "server/error_response.h"

#include <gtest/gtest.h>

#include <new>
#include <nlohmann/json.hpp>

namespace fude::server {
namespace {

using nlohmann::json;

Response answer_to(auto&& error, std::string_view path) { return error_response(std::make_exception_ptr(error), path); }

TEST(ErrorResponse, EachCodeHasItsStatus) {
  EXPECT_EQ(http_status(ErrorCode::kInvalidArgument), 400);
  EXPECT_EQ(http_status(ErrorCode::kNotFound), 404);
  EXPECT_EQ(http_status(ErrorCode::kCancelled), 409);
  EXPECT_EQ(http_status(ErrorCode::kUnsupportedModel), 422);
  EXPECT_EQ(http_status(ErrorCode::kOutOfResources), 507);
}

TEST(ErrorResponse, OwnFormNamesCodeMessageAndMember) {
  const json body = json::parse(answer_to(HttpError(400, "note is 1, expected a text", "note"), "/api/v1/x").body);
  EXPECT_EQ(body, json::parse(R"({"error": {"code": "invalid_argument", "message": "note is 1, expected a text",
                                            "member": "note"}})"));
}

TEST(ErrorResponse, TheWebUisFormHasValidationErrorsAsAList) {
  const Response validation = answer_to(HttpError(400, "steps is 0", "steps"), "/sdapi/v1/txt2img");
  EXPECT_EQ(validation.status, 422);
  EXPECT_EQ(json::parse(validation.body)["detail"][0]["loc"], json::parse(R"(["body", "steps"])"));
  const Response missing = answer_to(Error(ErrorCode::kNotFound, "no sampler"), "/sdapi/v1/txt2img");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(json::parse(missing.body)["detail"], "no sampler");
}

TEST(ErrorResponse, MemoryThatRanOutIsInsufficientStorage) {
  EXPECT_EQ(answer_to(std::bad_alloc(), "/api/v1/x").status, 507);
}

TEST(ErrorResponse, ControlCharactersAreEscaped) {
  const json body = json::parse(answer_to(HttpError(400, "name is 'a\nb'"), "/api/v1/x").body);
  EXPECT_EQ(body["error"]["message"], "name is 'a\\x0ab'");
}

}  // namespace
}  // namespace fude::server
