#include "io/safetensors_header.h"

#include <gmock/gmock.h>

#include "tests/support/refusal.h"

namespace fude::io {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string refusal(const std::string& json) {
  return tests::refusal(ErrorCode::kCorruptFile, [&] { parse_safetensors_header(json, "a.safetensors"); });
}

constexpr const char* kTensor = R"({"dtype":"F32","shape":[2,2],"data_offsets":[0,16]})";

TEST(ParseSafetensorsHeader, KeepsOrderShapesAndMetadata) {
  const SafetensorsHeader header = parse_safetensors_header(
      R"({"__metadata__":{"format":"pt","":"empty key"},"b":{"shape":[],"data_offsets":[4,8],"dtype":"I32"},"a":)" +
          std::string(kTensor) + "}  \n",
      "a.safetensors");
  ASSERT_EQ(header.entries.size(), 2U);
  EXPECT_EQ(header.entries[0].name, "b");
  EXPECT_EQ(header.entries[0].type_name, "I32");
  EXPECT_THAT(header.entries[0].shape, ElementsAre());
  EXPECT_THAT(header.entries[0].data_offsets, ElementsAre(4, 8));
  EXPECT_EQ(header.entries[1].name, "a");
  EXPECT_THAT(header.entries[1].shape, ElementsAre(2, 2));
  const std::map<std::string, std::string> metadata = {{"", "empty key"}, {"format", "pt"}};
  EXPECT_EQ(header.metadata, metadata);
}

TEST(ParseSafetensorsHeader, TakesEmptyAndAbsentMetadata) {
  EXPECT_TRUE(parse_safetensors_header("{}", "a").entries.empty());
  EXPECT_TRUE(parse_safetensors_header(R"({"__metadata__":{}})", "a").metadata.empty());
  EXPECT_TRUE(parse_safetensors_header(R"({"__metadata__":null})", "a").metadata.empty());
}

TEST(ParseSafetensorsHeader, KeepsEscapedAndForeignNames) {
  const std::string json = R"({"\u0061\n":)" + std::string(kTensor) + R"(,"絵":)" + kTensor + "}";
  const SafetensorsHeader header = parse_safetensors_header(json, "a");
  EXPECT_EQ(header.entries.at(0).name, "a\n");
  EXPECT_EQ(header.entries.at(1).name, "絵");
}

TEST(ParseSafetensorsHeader, RefusesARepeatedNameHoweverItIsSpelt) {
  EXPECT_EQ(refusal(R"({"a":)" + std::string(kTensor) + R"(,"\u0061":)" + kTensor + "}"),
            "'a.safetensors': tensor 'a' is listed twice");
  EXPECT_EQ(refusal(R"({"__metadata__":{},"__metadata__":{}})"),
            "'a.safetensors': entry '__metadata__' is listed twice");
}

TEST(ParseSafetensorsHeader, RefusesMetadataThatIsNoText) {
  EXPECT_EQ(refusal(R"({"__metadata__":{"epoch":3}})"),
            "'a.safetensors': entry '__metadata__' has 3 for 'epoch', expected text");
  EXPECT_EQ(refusal(R"({"__metadata__":{"a":"1","a":"2"}})"), "'a.safetensors': entry '__metadata__' has 'a' twice");
  EXPECT_THAT(refusal(R"({"__metadata__":"x"})"), HasSubstr("'__metadata__' is text, expected an object"));
}

TEST(ParseSafetensorsHeader, RefusesLongNames) {
  EXPECT_NO_THROW(parse_safetensors_header("{\"" + std::string(1024, 'n') + "\":" + kTensor + "}", "a"));
  EXPECT_EQ(refusal("{\"" + std::string(1025, 'n') + "\":" + kTensor + "}"),
            "'a.safetensors' has a tensor name of 1025 bytes, expected at most 1024");
}

TEST(ParseSafetensorsHeader, RefusesAnythingAfterTheObject) {
  EXPECT_THAT(refusal("{}5"), StartsWith("'a.safetensors' has a damaged safetensors header: not valid JSON at byte"));
}

TEST(ParseSafetensorsHeader, WritesHostileNamesInPrintableCharacters) {
  EXPECT_THAT(refusal(R"({"\u001b[31m":1})"), HasSubstr("tensor '\\x1b[31m' is 1, expected an object"));
}

TEST(ParseSafetensorsHeader, IsNotExhaustedByDepth) {
  EXPECT_THAT(refusal("{\"a\":" + std::string(1'000'000, '[')), HasSubstr("tensor 'a' is an array"));
  EXPECT_THAT(refusal(R"({"a":{"shape":)" + std::string(1'000'000, '[')), HasSubstr("an array in 'shape'"));
}

}  // namespace
}  // namespace fude::io
