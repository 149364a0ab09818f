#include "weights/made_weights.h"

#include <gtest/gtest.h>

#include "tests/support/refusal.h"

namespace fude::weights {
namespace {

TEST(MadeWeights, HandsOutWhatWasAddedInTheWantedType) {
  MadeWeights made({.type = at::kBFloat16});
  made.add("a.weight", at::ones({2, 3}));
  const at::Tensor taken = (WeightView(made) / "a").take("weight", {2, 3});
  EXPECT_EQ(taken.scalar_type(), at::kBFloat16);
  EXPECT_EQ(taken.sizes(), (at::IntArrayRef{2, 3}));
}

TEST(MadeWeights, RefusesOtherNamesAndShapes) {
  MadeWeights made({});
  made.add("weight", at::ones({2}));
  tests::refusal(ErrorCode::kCorruptFile, [&] { made.take("weight", {3}); });
  EXPECT_NE(tests::refusal(ErrorCode::kCorruptFile, [&] { made.take("bias", {2}); }).find("'bias'"), std::string::npos);
}

}  // namespace
}  // namespace fude::weights
