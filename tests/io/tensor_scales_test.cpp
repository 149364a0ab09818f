#include "io/tensor_scales.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <memory>

#include "io/tensor_file.h"
#include "tests/support/refusal.h"

namespace fude::io {
namespace {

using ::testing::HasSubstr;
using tests::refusal;

struct Entry {
  std::string name, type;
  std::vector<int64_t> shape;
  std::string data;
};

std::string floats(std::vector<float> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

TensorFile file_of(const std::vector<Entry>& entries) {
  std::string json = "{", data;
  for (const Entry& entry : entries) {
    json += fmt::format(R"({}"{}":{{"dtype":"{}","shape":{},"data_offsets":[{},{}]}})", json.size() > 1 ? "," : "",
                        entry.name, entry.type, shape_text(entry.shape), data.size(), data.size() + entry.data.size());
    data += entry.data;
  }
  json += "}";
  const uint64_t length = json.size();
  std::string file(reinterpret_cast<const char*>(&length), sizeof(length));
  const auto owner = std::make_shared<const std::string>(file + json + data);
  return TensorFile::from_memory(std::as_bytes(std::span(*owner)), owner, "memory");
}

// 1, 2, -4, 0.5 as e4m3fn; 1 and -2 as e5m2.
const std::string kFour = "\x38\x40\xC8\x30";
const std::string kTwo = "\x3C\xC0";

TEST(TensorScales, ReadsPlainEightBitWeights) {
  const TensorFile file = file_of({{"a.weight", "F8_E4M3", {2, 2}, kFour}, {"b.weight", "F8_E5M2", {2}, kTwo}});
  EXPECT_TRUE(file.tensor("a.weight").equal(at::tensor({1.0F, 2.0F, -4.0F, 0.5F}).view({2, 2})));
  EXPECT_TRUE(file.tensor("b.weight").equal(at::tensor({1.0F, -2.0F})));
}

TEST(TensorScales, MultipliesByTheScaleOfTheWholeWeight) {
  const TensorFile file = file_of({{"scaled_fp8", "F8_E4M3", {0}, ""},
                                   {"u.a.weight", "F8_E4M3", {2, 2}, kFour},
                                   {"u.a.scale_weight", "F32", {}, floats({0.25F})},
                                   {"u.a.scale_input", "F32", {}, floats({7.0F})},
                                   {"u.scaled_fp8", "F8_E4M3", {2}, "\x38\x38"},
                                   {"v.weight", "F8_E5M2", {2}, kTwo},
                                   {"v.weight_scale", "BF16", {1}, std::string("\x00\x40", 2)}});
  EXPECT_TRUE(file.tensor("u.a.weight").equal(at::tensor({0.25F, 0.5F, -1.0F, 0.125F}).view({2, 2})));
  EXPECT_TRUE(file.tensor("v.weight").equal(at::tensor({2.0F, -4.0F})));
  EXPECT_EQ(file.tensors().size(), 2u) << "scales and marks are no tensors of the model";
}

TEST(TensorScales, MultipliesEachRowByItsScale) {
  const TensorFile file = file_of({{"a.weight", "F8_E4M3", {2, 2, 1}, kFour},
                                   {"a.scale_weight", "F16", {2, 1}, std::string("\x00\x3C\x00\xC0", 4)}});
  EXPECT_TRUE(file.tensor("a.weight").equal(at::tensor({1.0F, 2.0F, 8.0F, -1.0F}).view({2, 2, 1})));
}

TEST(TensorScales, TakesAnEmptyScaleForNone) {
  const TensorFile file = file_of({{"a.weight", "F8_E4M3", {4}, kFour}, {"a.scale_weight", "F32", {0}, ""}});
  EXPECT_EQ(file.tensor("a.weight")[2].item<float>(), -4.0F);
}

TEST(TensorScales, LeavesScalesOfOtherTypesInTheListing) {
  const TensorFile file = file_of({{"a.weight", "I8", {2}, "\x01\x02"}, {"a.weight_scale", "F32", {}, floats({2.0F})}});
  EXPECT_TRUE(file.tensors().contains("a.weight_scale"));
}

TEST(TensorScales, RefusesScalesThatDoNotFit) {
  const Entry weight{"a.weight", "F8_E4M3", {4}, kFour};
  const auto message = [&](const std::vector<Entry>& scales) {
    std::vector<Entry> entries{weight};
    entries.insert(entries.end(), scales.begin(), scales.end());
    return refusal(ErrorCode::kCorruptFile, [&] { file_of(entries); });
  };
  EXPECT_THAT(message({{"a.scale_weight", "F32", {3}, floats({1, 1, 1})}}),
              HasSubstr("3 elements, expected 1 or the 4"));
  EXPECT_THAT(message({{"a.scale_weight", "I32", {}, floats({1})}}), HasSubstr("type I32"));
  EXPECT_THAT(message({{"a.scale_weight", "F32", {}, floats({INFINITY})}}), HasSubstr("expected finite"));
  EXPECT_THAT(message({{"a.scale_weight", "F32", {}, floats({1})}, {"a.weight_scale", "F32", {}, floats({1})}}),
              HasSubstr("two scales"));
}

}  // namespace
}  // namespace fude::io
