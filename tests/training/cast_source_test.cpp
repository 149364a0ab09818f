#include "training/cast_source.h"

#include <gtest/gtest.h>

#include "nn/layers.h"
#include "tests/support/refusal.h"
#include "training/initialisers.h"

namespace fude::training {
namespace {

using tests::refusal;

ParameterSource source() { return {default_initial_value, at::kCPU}; }

TEST(CastSource, ComputesInAnotherTypeWithGradientsInFloat) {
  ParameterSource parameters = source();
  const nn::Linear master(weights::WeightView(parameters, ""), 4, 4);
  CastSource cast(parameters.parameters(), at::kBFloat16);
  const nn::Linear layer(weights::WeightView(cast, ""), 4, 4);
  const at::Tensor y = layer.forward(at::ones({1, 4}, at::kBFloat16));
  EXPECT_EQ(y.scalar_type(), at::kBFloat16);
  y.sum().backward();
  EXPECT_TRUE(at::equal(parameters.parameters()[0].value.grad(), at::ones({4, 4})));
  EXPECT_FALSE(refusal(ErrorCode::kInvalidArgument, [&] { cast.take("other", {1}); }).empty());
}

}  // namespace
}  // namespace fude::training
