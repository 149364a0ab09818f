#include "io/element_type.h"

#include <gtest/gtest.h>

#include "tests/support/refusal.h"

namespace fude::io {
namespace {

TEST(ElementType, PairsStoredTypesWithTheLibrarysOfTheSameSize) {
  for (const TensorType type :
       {TensorType::kF64, TensorType::kF32, TensorType::kF16, TensorType::kBF16, TensorType::kI64, TensorType::kI32,
        TensorType::kI16, TensorType::kI8, TensorType::kU8, TensorType::kBool}) {
    const at::ScalarType scalar = scalar_type(type);
    EXPECT_EQ(stored_type(scalar), type);
    EXPECT_EQ(static_cast<int>(c10::elementSize(scalar)) * 8, bits_per_element(type_name(type)));
  }
}

TEST(ElementType, RefusesTypesNoFileHas) {
  EXPECT_NE(tests::refusal(ErrorCode::kInvalidArgument, [] { stored_type(at::kComplexFloat); }).find("Complex"),
            std::string::npos);
}

}  // namespace
}  // namespace fude::io
