#include "pipelines/json_value.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <variant>

namespace fude::pipelines {
namespace {

using Json = nlohmann::json;

TEST(JsonValue, KeepsTheKindOfEveryScalar) {
  EXPECT_EQ(value_from_json(nullptr), FieldValue());
  EXPECT_EQ(value_from_json(true), FieldValue(true));
  EXPECT_EQ(value_from_json(-7), FieldValue(std::int64_t{-7}));
  EXPECT_EQ(value_from_json(7.0), FieldValue(7.0)) << "a fraction stays one, whatever it is";
  EXPECT_EQ(value_from_json("7"), FieldValue(std::string("7")));
}

TEST(JsonValue, TakesWholeNumbersOf64BitsExactly) {
  EXPECT_EQ(value_from_json(Json::parse("9223372036854775807")), FieldValue(INT64_MAX));
  EXPECT_EQ(value_from_json(Json::parse("-9223372036854775808")), FieldValue(INT64_MIN));
}

TEST(JsonValue, TakesLargerNumbersAsFractions) {
  EXPECT_EQ(value_from_json(Json::parse("9223372036854775808")), FieldValue(9223372036854775808.0));
  EXPECT_EQ(value_from_json(Json::parse("18446744073709551615")), FieldValue(18446744073709551615.0));
}

TEST(JsonValue, RefusesListsAndObjects) {
  EXPECT_FALSE(value_from_json(Json::array({1})));
  EXPECT_FALSE(value_from_json(Json::object()));
}

TEST(JsonValue, ComesBackAsItWent) {
  for (const char* text : {"null", "false", "-1", "0.25", "\"筆\"", "\"\""}) {
    const Json json = Json::parse(text);
    EXPECT_EQ(value_to_json(value_from_json(json).value()), json) << text;
    EXPECT_EQ(value_to_json(value_from_json(json).value()).type(), json.type()) << text;
  }
}

}  // namespace
}  // namespace fude::pipelines
