#include "server/json_body.h"

#include <gmock/gmock.h>

#include "tests/server/refusal.h"

namespace fude::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

JsonObject object(const std::string& text) { return JsonObject(parse_json(text)); }

Request posting(std::string body, std::string type = "application/json") {
  Request request;
  request.body = std::move(body);
  request.headers["content-type"] = std::move(type);
  return request;
}

TEST(JsonBody, ReadsMembersOfEveryKind) {
  const auto body = object(
      R"({"n": 3, "f": 4.0, "x": 1.5, "t": true, "s": "sky", "l": ["a","b"], "w": [1, 2.5], "o": {"k": 1}, "nil": null})");
  EXPECT_EQ(body.whole("n", 1, 3), 3);
  EXPECT_EQ(body.whole("f", 1, 4), 4);
  EXPECT_EQ(body.number("x", 0, 2), 1.5);
  EXPECT_EQ(body.truth("t"), true);
  EXPECT_EQ(body.text("s", 3), "sky");
  EXPECT_THAT(*body.texts("l", 2, 1), ElementsAre("a", "b"));
  EXPECT_THAT(*body.numbers("w", 2, 0, 3), ElementsAre(1.0, 2.5));
  EXPECT_EQ((*body.object("o"))["k"], 1);
  EXPECT_EQ(body.whole("nil", 0, 1), std::nullopt);
  EXPECT_FALSE(body.has("nil"));
}

TEST(JsonBody, RefusesValuesOfTheWrongTypeOrOutOfRange) {
  const auto body = object(
      R"({"n": 1e300, "u": 18446744073709551615, "h": 1.5, "s": "sky", "nul": "a\u0000b", "l": [1], "deep": {}})");
  EXPECT_THAT(refusal([&] { body.whole("n", 0, 9); }), Pair(400, HasSubstr("n is 1e+300, expected 0..9")));
  EXPECT_THAT(refusal([&] { body.whole("u", 0, 9); }), Pair(400, HasSubstr("expected 0..9")));
  EXPECT_THAT(refusal([&] { body.whole("h", 0, 9); }), Pair(400, HasSubstr("expected a whole number")));
  EXPECT_THAT(refusal([&] { body.number("s", 0, 9); }), Pair(400, HasSubstr("s is \"sky\", expected a number")));
  EXPECT_THAT(refusal([&] { body.text("s", 2); }), Pair(400, HasSubstr("at most 2")));
  EXPECT_THAT(refusal([&] { body.text("nul", 9); }), Pair(400, HasSubstr("NUL")));
  EXPECT_THAT(refusal([&] { body.texts("l", 9, 9); }), Pair(400, HasSubstr("expected a text")));
  EXPECT_THAT(refusal([&] { body.texts("l", 0, 9); }), Pair(400, HasSubstr("at most 0")));
  EXPECT_THAT(refusal([&] { body.truth("deep"); }), Pair(400, HasSubstr("true or false")));
  EXPECT_THAT(refusal([&] { body.choice("s", {"sea", "sky2"}); }), Pair(400, HasSubstr("did you mean 'sky2'")));
}

TEST(JsonBody, RefusesMembersThatNobodyKnowsNamingTheNearest) {
  EXPECT_THAT(refusal([] {
                object(R"({"ratng": 1})").allow_only({"note", "rating"});
              }),
              Pair(400, HasSubstr("did you mean 'rating'")));
}

TEST(JsonBody, RequiredMembersMustBeThere) {
  EXPECT_THAT(refusal([] { json_body(posting(R"({"b": null})"), {"b"}); }), Pair(400, "b is missing"));
  EXPECT_THAT(refusal([] { json_body(posting("[]")); }), Pair(400, HasSubstr("expected a JSON object")));
}

TEST(JsonBody, RefusesWhatIsNoJson) {
  EXPECT_THAT(refusal([] { parse_json("{\"a\": }"); }), Pair(400, HasSubstr("line 1, column 7")));
  EXPECT_EQ(refusal([] { parse_json("\"\xff\""); }).first, 400);
  EXPECT_THAT(refusal([] { parse_json(std::string(100000, '[')); }), Pair(400, HasSubstr("deeper than 64")));
}

TEST(JsonBody, RefusesMoreValuesThanAnybodyNeeds) {
  const auto list_of = [](std::string_view value, std::size_t count) {
    std::string text = "[" + std::string(value);
    for (std::size_t i = 1; i < count; ++i) text += "," + std::string(value);
    return text + "]";
  };
  EXPECT_EQ(parse_json(list_of("[]", kMostJsonValues - 1)).size(), kMostJsonValues - 1);
  for (const char* value : {"[]", "{}", "0", "\"\"", "null"}) {
    EXPECT_THAT(refusal([&] { parse_json(list_of(value, kMostJsonValues)); }), Pair(400, HasSubstr("200000 values")))
        << value;
  }
}

TEST(JsonBody, ANumberOfAMillionDigitsIsNoValue) {
  EXPECT_THAT(refusal([] { parse_json(std::string(1'000'000, '7')); }), Pair(400, HasSubstr("number overflow")));
  EXPECT_THAT(refusal([] { parse_json("1e" + std::string(1'000'000, '7')); }), Pair(400, HasSubstr("not JSON")));
}

TEST(JsonBody, OtherContentTypesAreRefused) {
  EXPECT_EQ(json_body(posting("{}", "application/json; charset=utf-8")).value(), Json::object());
  EXPECT_EQ(json_body(posting("", "")).value(), Json::object());
  for (const char* type :
       {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain; application/json"}) {
    EXPECT_EQ(refusal([&] { json_body(posting("{}", type)); }).first, 415) << type;
  }
}

TEST(JsonResponse, BytesThatAreNoUtf8AreReplaced) { EXPECT_EQ(json_response(Json("a\xff")).body, "\"a\xEF\xBF\xBD\""); }

}  // namespace
}  // namespace fude::server
