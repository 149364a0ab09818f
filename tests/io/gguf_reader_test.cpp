#include "io/gguf_reader.h"

#include <gmock/gmock.h>

#include <memory>

#include "io/tensor_file.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/refusal.h"

namespace fude::io {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using tests::gguf_text;
using tests::GgufBuilder;
using tests::number_bytes;

constexpr uint32_t kF32 = 0, kF16 = 1, kQ40 = 2, kQ80 = 8, kQ4K = 12, kBF16 = 30;
constexpr uint32_t kUint32 = 4, kInt32 = 5, kFloat32 = 6, kBool = 7, kArray = 9, kUint64 = 10;

TensorListing read(const std::string& file) { return read_gguf(std::as_bytes(std::span(file)), "a.gguf"); }

std::string refusal(const std::string& file) {
  const std::string message = tests::refusal(ErrorCode::kCorruptFile, [&] { read(file); });
  EXPECT_THAT(message, HasSubstr("a.gguf"));
  return message;
}

std::string floats(std::vector<float> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

std::string array(uint32_t type, uint64_t count, const std::string& elements) {
  return number_bytes(type) + number_bytes(count) + elements;
}

GgufBuilder two_tensors() {
  GgufBuilder builder;
  builder.text_entry("general.architecture", "sd1")
      .entry("general.file_version", kUint32, number_bytes<uint32_t>(2))
      .tensor("a.weight", {2, 3}, kF32, floats({1, 2, 3, 4, 5, 6}))
      .tensor("b.bias", {2}, kF16, std::string("\x00\x3C\x00\xC0", 4));
  return builder;
}

TEST(ReadGguf, ListsTensorsInTheOrderOfOtherFormats) {
  for (const uint32_t version : {2, 3}) {
    GgufBuilder builder = two_tensors();
    builder.version = version;
    const std::string file = builder.build();
    const TensorListing listing = read(file);
    ASSERT_EQ(listing.tensors.size(), 2u);
    const TensorRecord& a = listing.tensors.at("a.weight");
    EXPECT_EQ(a.type, TensorType::kF32);
    EXPECT_THAT(a.shape, ElementsAre(3, 2)) << "the slowest dimension first";
    EXPECT_THAT(a.strides, ElementsAre(2, 1));
    EXPECT_EQ(a.bytes.size(), 24u);
    EXPECT_EQ(listing.tensors.at("b.bias").type_name, "F16");
    EXPECT_EQ(listing.metadata.at("general.architecture"), "sd1");
    EXPECT_EQ(listing.metadata.at("general.file_version"), "2");
  }
}

TEST(ReadGguf, ShowsMetadataOfEveryType) {
  std::string words;
  for (int i = 0; i < 20; ++i) words += gguf_text("w" + std::to_string(i));
  const TensorListing listing = read(GgufBuilder()
                                         .entry("f", kFloat32, number_bytes(0.5F))
                                         .entry("b", kBool, "\x01")
                                         .entry("big", kUint64, number_bytes<uint64_t>(18446744073709551615U))
                                         .entry("i", kInt32, number_bytes<int32_t>(-3))
                                         .entry("list", kArray, array(kInt32, 2, std::string("\1\0\0\0\2\0\0\0", 8)))
                                         .entry("words", kArray, array(8, 20, words))
                                         .build());
  EXPECT_EQ(listing.metadata.at("f"), "0.5");
  EXPECT_EQ(listing.metadata.at("b"), "true");
  EXPECT_EQ(listing.metadata.at("big"), "18446744073709551615");
  EXPECT_EQ(listing.metadata.at("i"), "-3");
  EXPECT_EQ(listing.metadata.at("list"), "[1, 2]");
  EXPECT_EQ(listing.metadata.at("words"), "[w0, w1, w2, w3, w4, w5, w6, w7, ... (20 in all)]");
}

TEST(ReadGguf, KeepsTheStatedAlignment) {
  for (const uint32_t alignment : {1, 8, 256}) {
    GgufBuilder builder;
    builder.alignment = alignment;
    builder.entry("general.alignment", kUint32, number_bytes(alignment))
        .tensor("a", {1}, kF32, floats({1}))
        .tensor("b", {1}, kF32, floats({2}));
    const std::string file = builder.build();
    EXPECT_EQ(*reinterpret_cast<const char*>(read(file).tensors.at("b").bytes.data() + 3), '\x40') << alignment;
  }
}

TEST(ReadGguf, RestoresTheShapeOfFlattenedTensors) {
  const std::string shape = array(kInt32, 4, number_bytes(8) + number_bytes(4) + number_bytes(2) + number_bytes(1));
  const std::string data(2 * 34, '\0');
  GgufBuilder builder;
  builder.entry("comfy.gguf.orig_shape.a", kArray, shape).tensor("a", {64, 1}, kQ80, data);
  EXPECT_THAT(read(builder.build()).tensors.at("a").shape, ElementsAre(8, 4, 2, 1));
  builder.entry("comfy.gguf.orig_shape.b", kArray, shape).tensor("b", {32}, kQ80, data.substr(34));
  EXPECT_THAT(refusal(builder.build()), HasSubstr("tensor 'b' of shape [32], which cannot have been [8, 4, 2, 1]"));
}

TEST(ReadGguf, ListsTypesItDoesNotComputeWith) {
  const TensorListing listing = read(GgufBuilder().tensor("a", {256}, 16, std::string(66, 'x')).build());
  EXPECT_EQ(listing.tensors.at("a").type, TensorType::kOther);
  EXPECT_EQ(listing.tensors.at("a").type_name, "ggml type 16");
}

TEST(ReadGguf, RefusesTruncationAtEveryByte) {
  const std::string file = two_tensors().build();
  for (std::size_t size = 4; size < file.size(); ++size) {
    EXPECT_THAT(refusal(file.substr(0, size)), HasSubstr("expected")) << "cut to " << size;
  }
}

TEST(ReadGguf, RefusesVersionsItDoesNotKnow) {
  GgufBuilder builder;
  builder.version = 1;
  EXPECT_THAT(refusal(builder.build()), HasSubstr("version 1, expected 2 or 3"));
  builder.version = 0x03000000;
  EXPECT_THAT(refusal(builder.build()), HasSubstr("big-endian"));
}

TEST(ReadGguf, RefusesCountsAndLengthsBeyondTheFile) {
  for (const uint64_t count : {uint64_t{100}, uint64_t{1} << 60, ~uint64_t{0}}) {
    GgufBuilder builder = two_tensors();
    builder.stated_tensors = count;
    EXPECT_THAT(refusal(builder.build()), HasSubstr("tensors"));
    builder = two_tensors();
    builder.stated_entries = count;
    EXPECT_THAT(refusal(builder.build()), HasSubstr("metadata entries"));
    EXPECT_THAT(refusal(GgufBuilder().entry("t", 8, number_bytes(count)).build()), HasSubstr("has a text of"));
    EXPECT_THAT(refusal(GgufBuilder().entry("t", kArray, array(kUint64, count, "")).build()), HasSubstr("elements"));
  }
  GgufBuilder builder;
  builder.tensor(std::string(2000, 'n'), {1}, kF32, floats({1}));
  EXPECT_THAT(refusal(builder.build()), HasSubstr("tensor name of 2000 bytes, expected at most 1024"));
}

TEST(ReadGguf, RefusesMetadataThatIsNotWhatItSays) {
  EXPECT_THAT(refusal(GgufBuilder().entry("k", 13, "").build()), HasSubstr("type 13"));
  EXPECT_THAT(refusal(GgufBuilder().entry("k", kBool, "\x02").build()), HasSubstr("expected 0 or 1"));
  EXPECT_THAT(refusal(GgufBuilder().entry("k", kArray, array(kArray, 1, "x")).build()), HasSubstr("lists within"));
  EXPECT_THAT(refusal(GgufBuilder().text_entry("k", "a").text_entry("k", "b").build()), HasSubstr("'k' twice"));
  for (const uint32_t alignment : {0, 3, 48}) {
    const std::string value = number_bytes(alignment);
    EXPECT_THAT(refusal(GgufBuilder().entry("general.alignment", kUint32, value).build()), HasSubstr("alignment"));
  }
  EXPECT_THAT(refusal(GgufBuilder().entry("general.alignment", kUint64, number_bytes<uint64_t>(32)).build()),
              HasSubstr("32 bits"));
}

TEST(ReadGguf, RefusesTensorsThatDoNotFit) {
  const auto of = [](const std::vector<uint64_t>& sizes, uint32_t type, std::optional<uint64_t> offset = {}) {
    return refusal(GgufBuilder()
                       .tensor("first", {8}, kF32, std::string(32, 'x'))
                       .tensor("bad", sizes, type, std::string(32, 'x'), offset)
                       .build());
  };
  EXPECT_THAT(of({9}, kF32), HasSubstr("'bad' at bytes 32 to 32 + 36"));
  EXPECT_THAT(of({8}, kF32, 31), HasSubstr("expected a multiple of 32"));
  EXPECT_THAT(of({8}, kF32, 0), HasSubstr("where another reaches"));
  EXPECT_THAT(of({8}, kF32, ~uint64_t{0} - 31), HasSubstr("expected a place within"));
  EXPECT_THAT(of({uint64_t{1} << 62}, kF32), HasSubstr("impossible shape"));
  EXPECT_THAT(of({uint64_t{1} << 32, uint64_t{1} << 32}, kF32), HasSubstr("impossible shape"));
  EXPECT_THAT(of({~uint64_t{0}}, kF32), HasSubstr("impossible shape [-1]"));
  EXPECT_THAT(of({1, 1, 1, 1, 1}, kF32), HasSubstr("5 dimensions"));
  EXPECT_THAT(of({33}, kQ40), HasSubstr("rows of 33 elements"));
  EXPECT_THAT(of({32, 8}, kQ4K), HasSubstr("expected a multiple of 256 for Q4_K"));
  EXPECT_THAT(refusal(two_tensors().tensor("b.bias", {1}, kF32, "1234").build()), HasSubstr("twice"));
}

TEST(GgufTensorFile, ExpandsTensorsWhenTheyAreTaken) {
  std::string q80(3 * 34, '\0');
  for (std::size_t block = 0; block < 3; ++block) {
    q80[34 * block + 1] = '\x3C';  // d = 1
    for (int i = 0; i < 32; ++i) q80[34 * block + 2 + i] = static_cast<char>(32 * block + i);
  }
  const auto owner = std::make_shared<const std::string>(
      two_tensors().tensor("q", {32, 3}, kQ80, q80).tensor("h", {1}, kBF16, std::string("\x40\xC0", 2)).build());
  const TensorFile file = TensorFile::from_memory(std::as_bytes(std::span(*owner)), owner, "memory");
  EXPECT_EQ(format_name(file.format()), "GGUF");
  EXPECT_TRUE(file.tensor("q").equal(at::arange(96, at::kFloat).view({3, 32})));
  EXPECT_TRUE(file.tensor("a.weight").equal(at::arange(1, 7, at::kFloat).view({3, 2})));
  EXPECT_TRUE(file.tensor("b.bias").equal(at::tensor({1.0F, -2.0F}).to(at::kHalf)));
  EXPECT_EQ(file.tensor("h").item<float>(), -3.0F);
}

}  // namespace
}  // namespace fude::io
