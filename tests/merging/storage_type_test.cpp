#include "merging/storage_type.h"

#include <gmock/gmock.h>

#include "core/error.h"

namespace fude::merging {
namespace {

using io::TensorType;

io::TensorRecord record(TensorType type, std::vector<int64_t> shape = {4, 4}, std::vector<float> scales = {}) {
  return {.type = type,
          .type_name = "",
          .shape = std::move(shape),
          .strides = {},
          .bytes = {},
          .scales = std::move(scales)};
}

TEST(ParseStorageType, KnowsNamesInAnyCase) {
  EXPECT_EQ(parse_storage_type("same"), StorageType::kSame);
  EXPECT_EQ(parse_storage_type("FP16"), StorageType::kHalf);
  EXPECT_EQ(parse_storage_type("fp8"), StorageType::kF8E4M3);
  EXPECT_EQ(parse_storage_type("fp8-e5m2"), StorageType::kF8E5M2);
  for (const char* name : {"", "fp4", "half"}) EXPECT_THROW(parse_storage_type(name), Error) << name;
}

TEST(StoredAs, LeavesIntegersAlone) {
  for (const StorageType type : {StorageType::kSame, StorageType::kHalf, StorageType::kF8E4M3}) {
    EXPECT_EQ(stored_as(record(TensorType::kI64), "x", type), TensorType::kI64);
    EXPECT_EQ(stored_as(record(TensorType::kBool), "x", type), TensorType::kBool);
  }
}

TEST(StoredAs, KeepsWhatCanBeKept) {
  EXPECT_EQ(stored_as(record(TensorType::kBF16), "x", StorageType::kSame), TensorType::kBF16);
  EXPECT_EQ(stored_as(record(TensorType::kF8E5M2), "x", StorageType::kSame), TensorType::kF8E5M2);
  EXPECT_EQ(stored_as(record(TensorType::kF8E4M3, {4, 4}, {0.5F}), "x", StorageType::kSame), TensorType::kF16);
  EXPECT_EQ(stored_as(record(TensorType::kQ4K), "x", StorageType::kSame), TensorType::kF16);
}

TEST(StoredAs, SparesWhatEightBitsWouldSpoil) {
  const auto small = [](std::vector<int64_t> shape, std::string_view name) {
    return stored_as(record(TensorType::kF32, std::move(shape)), name, StorageType::kF8E4M3);
  };
  EXPECT_EQ(small({4, 4}, "model.diffusion_model.x"), TensorType::kF8E4M3);
  EXPECT_EQ(small({4, 4, 3, 3}, "model.diffusion_model.x"), TensorType::kF8E4M3);
  EXPECT_EQ(small({4}, "model.diffusion_model.x"), TensorType::kF16);
  EXPECT_EQ(small({4, 4}, "first_stage_model.x"), TensorType::kF16);
}

}  // namespace
}  // namespace fude::merging
