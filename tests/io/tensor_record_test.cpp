#include "io/tensor_record.h"

#include <gmock/gmock.h>

namespace fude::io {
namespace {

using ::testing::ElementsAre;

std::optional<int64_t> product(const std::vector<int64_t>& shape) { return checked_product(shape); }

TEST(CheckedProduct, CountsElementsAndRefusesWhatCannotBe) {
  EXPECT_EQ(product({}), 1);
  EXPECT_EQ(product({2, 3, 4}), 24);
  EXPECT_EQ(product({5, 0}), 0);
  EXPECT_EQ(product({INT64_MAX}), INT64_MAX);
  EXPECT_EQ(product({2, -3}), std::nullopt);
  EXPECT_EQ(product({int64_t{1} << 32, int64_t{1} << 32}), std::nullopt);
  EXPECT_EQ(product({0, int64_t{1} << 32, int64_t{1} << 32}), std::nullopt) << "a zero hides an overflow";
}

TEST(RowMajorStrides, CountElementsBetweenNeighbours) {
  const std::vector<int64_t> shape{2, 3, 4};
  EXPECT_THAT(row_major_strides(shape), ElementsAre(12, 4, 1));
  EXPECT_TRUE(row_major_strides({}).empty());
}

TEST(TensorType, KnowsTheNamesOfTheFormat) {
  for (const char* name : {"F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL"}) {
    EXPECT_EQ(type_name(tensor_type(name)), name);
  }
  EXPECT_EQ(tensor_type("F8_E8M0"), TensorType::kOther);
  EXPECT_EQ(tensor_type("F8_E4M3"), TensorType::kF8E4M3);
  EXPECT_EQ(bits_per_element("F8_E4M3"), 8);
  EXPECT_EQ(bits_per_element("F4"), 4);
  EXPECT_EQ(bits_per_element("nonsense"), std::nullopt);
}

}  // namespace
}  // namespace fude::io
