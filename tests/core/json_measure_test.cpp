#include "core/json_measure.h"

#include <gtest/gtest.h>

#include <string>

namespace fude {
namespace {

constexpr JsonMeasure kWide{.depth = 1000, .values = 1'000'000};

TEST(JsonMeasure, CountsListsObjectsAndWhatTheyHold) {
  const JsonMeasure measure = measure_json(R"({"a": [1, -2, 3.5, "x", null, true], "b": {"c": {}}})", kWide);
  EXPECT_EQ(measure.values, 10u);
  EXPECT_EQ(measure.depth, 3);
  EXPECT_EQ(measure_json("7", kWide).depth, 0);
  EXPECT_EQ(measure_json("[]", kWide).depth, 1);
}

TEST(JsonMeasure, StopsBehindItsLimits) {
  const std::string deep(100'000, '[');
  EXPECT_EQ(measure_json(deep, {.depth = 64, .values = 1'000'000}).depth, 65);
  EXPECT_EQ(measure_json("[0,0,0,0,0,0]", {.depth = 64, .values = 3}).values, 4u);
}

TEST(JsonMeasure, CountsUpToAMistake) {
  EXPECT_EQ(measure_json("[1, 2, oops, 3]", kWide).values, 3u);
  EXPECT_EQ(measure_json("", kWide).values, 0u);
  EXPECT_EQ(measure_json("\"\xff\"", kWide).values, 0u);
}

// Would take minutes if each list looked through those before it.
TEST(JsonMeasure, ReadsALongListOfListsOnce) {
  std::string text = "[[]";
  for (int i = 1; i < 500'000; ++i) text += ",[]";
  EXPECT_EQ(measure_json(text + "]", kWide).values, 500'001u);
}

}  // namespace
}  // namespace fude
