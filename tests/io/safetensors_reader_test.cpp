#include "io/safetensors_reader.h"

#include <gmock/gmock.h>

#include <cstring>

#include "tests/support/refusal.h"

namespace fude::io {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string file_with_length(uint64_t length, const std::string& rest) {
  std::string file(sizeof(length), '\0');
  std::memcpy(file.data(), &length, sizeof(length));
  return file + rest;
}

std::string file_with(const std::string& json, std::size_t data_bytes) {
  return file_with_length(json.size(), json + std::string(data_bytes, '\x01'));
}

TensorListing read(const std::string& file) {
  return read_safetensors(std::as_bytes(std::span(file)), "a.safetensors");
}

std::string refusal(const std::string& file) {
  const std::string message = tests::refusal(ErrorCode::kCorruptFile, [&] { read(file); });
  EXPECT_THAT(message, HasSubstr("a.safetensors"));
  return message;
}

constexpr const char* kTwoTensors =
    R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},)"
    R"("b":{"dtype":"F16","shape":[],"data_offsets":[16,18]}})";

TEST(ReadSafetensors, ListsTensorsAndMetadata) {
  const std::string file = file_with(kTwoTensors, 18);
  const TensorListing listing = read(file);
  ASSERT_EQ(listing.tensors.size(), 2u);
  const TensorRecord& a = listing.tensors.at("a");
  EXPECT_EQ(a.type, TensorType::kF32);
  EXPECT_THAT(a.shape, ElementsAre(2, 2));
  EXPECT_THAT(a.strides, ElementsAre(2, 1));
  EXPECT_EQ(a.bytes.data(), reinterpret_cast<const std::byte*>(file.data()) + file.size() - 18);
  EXPECT_EQ(a.bytes.size(), 16u);
  EXPECT_EQ(listing.tensors.at("b").element_count(), 1);
  EXPECT_EQ(listing.metadata.at("format"), "pt");
}

TEST(ReadSafetensors, AcceptsAnEmptyTensorPaddingAndTypesItDoesNotCompute) {
  const TensorListing listing = read(file_with(R"({"e":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]},)"
                                               R"("f8":{"dtype":"F8_E8M0","shape":[3],"data_offsets":[0,3]},)"
                                               R"("new":{"dtype":"F3_X","shape":[7],"data_offsets":[3,8]}}     )",
                                               8));
  EXPECT_EQ(listing.tensors.at("e").element_count(), 0);
  EXPECT_EQ(listing.tensors.at("f8").type, TensorType::kOther);
  EXPECT_EQ(listing.tensors.at("new").type_name, "F3_X");
}

TEST(ReadSafetensors, RefusesHeaderLengthsThatDoNotFit) {
  EXPECT_THAT(refusal("1234567"), HasSubstr("7 bytes, expected a model file"));
  EXPECT_THAT(refusal(file_with_length(10, "")), HasSubstr("ends after its first 8 bytes, expected a safetensors"));
  EXPECT_THAT(refusal(file_with_length(0, "{}")), HasSubstr("header of 0 bytes, expected 1 to the 2"));
  EXPECT_THAT(refusal(file_with_length(3, "{}")), HasSubstr("header of 3 bytes, expected 1 to the 2"));
  EXPECT_THAT(refusal(file_with_length(0xFFFFFFFFFFFFFFFB, "{}")), HasSubstr("18446744073709551611"));
}

TEST(ReadSafetensors, SaysWhenAFileIsSomethingElse) {
  EXPECT_THAT(refusal("# Notes on my models"), HasSubstr("neither safetensors nor a PyTorch checkpoint"));
}

TEST(ReadSafetensors, RefusesTruncationAtEveryByte) {
  const std::string file = file_with(kTwoTensors, 18);
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_THAT(refusal(file.substr(0, size)), HasSubstr("expected")) << "cut to " << size;
  }
}

TEST(ReadSafetensors, RefusesTrailingBytes) {
  EXPECT_THAT(refusal(file_with(kTwoTensors, 19)), HasSubstr("19 bytes of data, expected the 18"));
}

TEST(ReadSafetensors, RefusesBrokenJson) {
  for (const char* json :
       {"{", "[]", "5", "{\"a\":}", "{}{}", "\x01\x02", "{\"\xff\":null}", "nul", "{\"a\":{\"dtype\":"}) {
    EXPECT_THAT(refusal(file_with(json, 0)), HasSubstr("header")) << json;
  }
  EXPECT_THAT(refusal(file_with(std::string(100'000, '['), 0)), HasSubstr("expected an object"));
}

struct BadTensor {
  const char* json;
  const char* complaint;
};

class RefusedTensor : public ::testing::TestWithParam<BadTensor> {};

TEST_P(RefusedTensor, IsNamedWithWhatWasFoundAndExpected) {
  const std::string json = fmt::format(R"({{"bad":{}}})", GetParam().json);
  EXPECT_THAT(refusal(file_with(json, 16)), AllOf(HasSubstr("tensor 'bad'"), HasSubstr(GetParam().complaint)));
}

INSTANTIATE_TEST_SUITE_P(
    Headers, RefusedTensor,
    ::testing::Values(
        BadTensor{R"({"dtype":"F32","shape":[-4],"data_offsets":[0,16]})", "-4 in 'shape'"},
        BadTensor{R"({"dtype":"F32","shape":[4.0],"data_offsets":[0,16]})", "4.0 in 'shape'"},
        BadTensor{R"({"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,16]})", "99999999999999999999"},
        BadTensor{R"({"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,16]})", "2^63-1"},
        BadTensor{R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,16]})",
                  "impossible shape [4294967296, 4294967296], expected 16 bytes of F32"},
        BadTensor{R"({"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0]})", "impossible shape"},
        BadTensor{R"({"dtype":"F64","shape":[2305843009213693954],"data_offsets":[0,16]})", "16 bytes, expected"},
        BadTensor{R"({"dtype":"F32","shape":[3],"data_offsets":[0,16]})", "16 bytes, expected 3 elements of 32 bits"},
        BadTensor{R"({"dtype":"F32","shape":[4],"data_offsets":[16,0]})", "bytes 16 to 0"},
        BadTensor{R"({"dtype":"F32","shape":[8],"data_offsets":[0,32]})", "within the 16 bytes"},
        BadTensor{R"({"dtype":"F32","shape":[4],"data_offsets":[9223372036854775800,9223372036854775807]})", "within"},
        BadTensor{R"({"dtype":"F32","shape":[4],"data_offsets":[0]})", "1 data_offsets, expected 2"},
        BadTensor{R"({"dtype":"F32","shape":[4],"data_offsets":[-1,16]})", "-1 in 'data_offsets'"},
        BadTensor{R"({"dtype":"F32","shape":[4]})", "lacks 'data_offsets'"},
        BadTensor{R"({"shape":[4],"data_offsets":[0,16]})", "lacks 'dtype'"},
        BadTensor{R"({"dtype":"F32","dtype":"F32","shape":[4],"data_offsets":[0,16]})", "'dtype' twice"},
        BadTensor{R"({"dtype":["F32"],"shape":[4],"data_offsets":[0,16]})", "an array for 'dtype', expected text"},
        BadTensor{R"({"dtype":"F32","shape":4,"data_offsets":[0,16]})", "4 for 'shape', expected an array"},
        BadTensor{R"({"dtype":"F32","shape":[[4]],"data_offsets":[0,16]})", "an array in 'shape'"},
        BadTensor{R"({"dtype":"F32","shape":[{}],"data_offsets":[0,16]})", "an object in 'shape'"},
        BadTensor{R"({"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,4],"data_offsets":[0,16]})", "16 numbers"},
        BadTensor{R"({"dtype":"F32","shape":[4],"data_offsets":[0,16],"x":1})", "unknown field 'x'"},
        BadTensor{R"(null)", "null, expected an object"},
        BadTensor{R"({"dtype":"F32","shape":[4],"data_offsets":[0,16]},"bad":{})", "listed twice"}));

TEST(ReadSafetensors, RefusesOverlapsAndGaps) {
  const auto two = [](int begin, int end) {
    return file_with(fmt::format(R"({{"a":{{"dtype":"U8","shape":[4],"data_offsets":[0,4]}},)"
                                 R"("b":{{"dtype":"U8","shape":[{}],"data_offsets":[{},{}]}}}})",
                                 end - begin, begin, end),
                     8);
  };
  EXPECT_THAT(refusal(two(3, 8)), HasSubstr("tensor 'b' begins at byte 3 of the data, expected 4 (it overlaps"));
  EXPECT_THAT(refusal(two(0, 4)), HasSubstr("overlaps"));
  EXPECT_THAT(refusal(two(5, 8)), HasSubstr("tensor 'b' begins at byte 5 of the data, expected 4 (a gap)"));
}

TEST(ReadSafetensors, RefusesMetadataThatIsNotText) {
  EXPECT_THAT(refusal(file_with(R"({"__metadata__":{"a":1}})", 0)), HasSubstr("1 for 'a', expected text"));
  EXPECT_THAT(refusal(file_with(R"({"__metadata__":{"a":"1","a":"2"}})", 0)), HasSubstr("'a' twice"));
  EXPECT_THAT(refusal(file_with(R"({"__metadata__":[]})", 0)), HasSubstr("an array"));
}

TEST(ReadSafetensors, RefusesOverlongNamesAndPrintsThemSafely) {
  EXPECT_THAT(refusal(file_with(fmt::format(R"({{"{}":{{}}}})", std::string(2000, 'x')), 0)), HasSubstr("2000 bytes"));
  EXPECT_THAT(refusal(file_with(R"({"a\n\u001b":{}})", 0)), HasSubstr("tensor 'a\\x0a\\x1b' lacks"));
}

TEST(SafetensorsData, IsWhatFollowsTheHeader) {
  const std::string file = file_with(kTwoTensors, 18);
  EXPECT_EQ(safetensors_data(std::as_bytes(std::span(file)), "a.safetensors").size(), 18u);
}

}  // namespace
}  // namespace fude::io
