#include "models/adapters/finite_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "tests/support/refusal.h"

namespace fude::models {
namespace {

TEST(FiniteValues, AreLookedForInEveryPrecision) {
  for (const at::ScalarType type : {at::kHalf, at::kBFloat16, at::kFloat, at::kDouble}) {
    at::Tensor tensor = at::full({3, 5}, 60000.0, type);  // in half precision its sum would overflow
    EXPECT_TRUE(is_finite(tensor)) << type;
    tensor[1][2] = std::nan("");
    EXPECT_FALSE(is_finite(tensor)) << type;
    tensor[1][2] = -HUGE_VAL;
    EXPECT_FALSE(is_finite(tensor)) << type;
  }
  EXPECT_TRUE(is_finite(at::ones({2}, at::kLong)));
  EXPECT_TRUE(is_finite(at::empty({0})));
}

TEST(FiniteValues, AreRequiredByName) {
  EXPECT_NO_THROW(require_finite(at::ones({2}), "a", "file"));
  EXPECT_THAT(tests::refusal(ErrorCode::kCorruptFile, [] { require_finite(at::full({2}, std::nan("")), "a", "file"); }),
              ::testing::HasSubstr("'file': tensor 'a' has values that are infinite or no numbers"));
}

}  // namespace
}  // namespace fude::models
