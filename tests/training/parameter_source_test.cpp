#include "training/parameter_source.h"

#include <gtest/gtest.h>

#include "io/safetensors_writer.h"
#include "nn/layers.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"
#include "training/cast_source.h"
#include "training/initialisers.h"
#include "training/moving_average.h"
#include "training/named_tensors.h"
#include "training/stage.h"

namespace fude::training {
namespace {

using tests::refusal;

ParameterSource source() { return {default_initial_value, at::kCPU}; }

TEST(ParameterSource, RemembersWhatAModuleTookInItsOrder) {
  ParameterSource parameters = source();
  const nn::Linear layer(weights::WeightView(parameters, "net.") / "fc", 3, 2);
  ASSERT_EQ(parameters.parameters().size(), 2u);
  EXPECT_EQ(parameters.parameters()[0].name, "net.fc.weight");
  EXPECT_TRUE(parameters.parameters()[1].value.requires_grad());
  EXPECT_TRUE(parameters.parameters()[0].value.is_same(layer.weight));
}

TEST(ParameterSource, RefusesOneNameForTwoLayers) {
  ParameterSource parameters = source();
  parameters.take("a.weight", {2});
  EXPECT_NE(refusal(ErrorCode::kInvalidArgument, [&] { parameters.take("a.weight", {2}); }).find("a.weight"),
            std::string::npos);
}

TEST(ParameterSource, ComesBackFromACheckpointAsItWas) {
  const tests::TemporaryFolder folder;
  ParameterSource before = source(), after = source();
  const nn::Conv2d first(weights::WeightView(before, "c."), 4, 8), second(weights::WeightView(after, "c."), 4, 8);
  NamedTensors state;
  save_parameters(before.parameters(), "x.", state);
  io::write_safetensors(folder / "state.safetensors", state);
  load_parameters(after.parameters(), read_checkpoint(folder / "state.safetensors"), "x.");
  EXPECT_TRUE(at::equal(first.weight, second.weight));
}

TEST(LoadParameters, NamesWhatIsMissingOrMisshapen) {
  ParameterSource parameters = source();
  parameters.take("a.weight", {2});
  EXPECT_NE(
      refusal(ErrorCode::kCorruptFile, [&] { load_parameters(parameters.parameters(), {}, ""); }).find("a.weight"),
      std::string::npos);
  const std::string message = refusal(ErrorCode::kCorruptFile, [&] {
    load_parameters(parameters.parameters(), {{"a.weight", at::zeros({3})}}, "");
  });
  EXPECT_NE(message.find("[3]"), std::string::npos) << message;
}

TEST(CastSource, ComputesInAnotherTypeWithGradientsInFloat) {
  ParameterSource parameters = source();
  const nn::Linear master(weights::WeightView(parameters, ""), 4, 4);
  CastSource cast(parameters.parameters(), at::kBFloat16);
  const nn::Linear layer(weights::WeightView(cast, ""), 4, 4);
  const at::Tensor y = layer.forward(at::ones({1, 4}, at::kBFloat16));
  EXPECT_EQ(y.scalar_type(), at::kBFloat16);
  y.sum().backward();
  EXPECT_TRUE(at::equal(master.weight.grad(), at::ones({4, 4})));
  EXPECT_FALSE(refusal(ErrorCode::kInvalidArgument, [&] { cast.take("other", {1}); }).empty());
}

TEST(MovingAverage, LagsBehindAndSwapsBothWays) {
  const std::vector<Parameter> parameters = {{"a", at::zeros({1}).requires_grad_()}};
  MovingAverage average(parameters, 0.9);
  parameters[0].value.detach().fill_(1);
  average.update(1000);
  EXPECT_NEAR(average.values()[0].item<double>(), 0.1, 1e-6);
  {
    const AveragedWeights averaged(average);
    EXPECT_NEAR(parameters[0].value.item<double>(), 0.1, 1e-6);
  }
  EXPECT_NEAR(parameters[0].value.item<double>(), 1, 1e-6);
}

}  // namespace
}  // namespace fude::training
