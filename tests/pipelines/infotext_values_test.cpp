#include "pipelines/infotext_values.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

namespace fude::pipelines {
namespace {

nlohmann::json golden(const char* section) {
  std::ifstream file(FUDE_GOLDEN_DIR "/images/infotext.json");
  return nlohmann::json::parse(file).at(section);
}

TEST(Quote, FollowsTheReference) {
  int count = 0;
  for (const auto& item : golden("quote")) {
    if (!item.at("value").is_string()) continue;  // numbers are never quoted
    EXPECT_EQ(quote(item.at("value").get<std::string>()), item.at("quoted").get<std::string>());
    ++count;
  }
  EXPECT_GT(count, 5);
}

TEST(Unquote, FollowsTheReference) {
  const auto cases = golden("unquote");
  ASSERT_GT(cases.size(), 5U);
  for (const auto& item : cases) {
    EXPECT_EQ(unquote(item.at("text").get<std::string>()), item.at("result").get<std::string>()) << item;
  }
}

TEST(PythonNumber, PrintsLikeRepr) {
  EXPECT_EQ(python_number(7), "7.0");
  EXPECT_EQ(python_number(6.5), "6.5");
  EXPECT_EQ(python_number(0.1), "0.1");
  EXPECT_EQ(python_number(-0.0), "-0.0");
  EXPECT_EQ(python_number(1e-5), "1e-05");
  EXPECT_EQ(python_number(0.0001), "0.0001");
  EXPECT_EQ(python_number(1.25e-7), "1.25e-07");
  EXPECT_EQ(python_number(1e16), "1e+16");
  EXPECT_EQ(python_number(123456789012345.0), "123456789012345.0");
  EXPECT_EQ(python_number(1e15), "1000000000000000.0");
  EXPECT_EQ(python_number(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(python_number(1.7976931348623157e308), "1.7976931348623157e+308");
  EXPECT_EQ(python_number(std::nan("")), "nan");
}

TEST(Strip, TakesWhiteSpaceOfEveryKind) {
  EXPECT_EQ(strip(" \t\r\na b\u3000\u00A0"), "a b");
  EXPECT_EQ(strip("\u3000"), "");
  EXPECT_EQ(strip("\xFF\x80 "), "\xFF\x80");
}

}  // namespace
}  // namespace fude::pipelines
