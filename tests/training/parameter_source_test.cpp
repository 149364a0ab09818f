#include "training/parameter_source.h"

#include <gtest/gtest.h>

#include "io/safetensors_writer.h"
#include "nn/layers.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"
#include "training/initialisers.h"
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
  const at::Tensor x = at::ones({1, 3});
  layer.forward(x).sum().backward();
  EXPECT_TRUE(at::equal(parameters.parameters()[0].value.grad(), at::ones({2, 3})));
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
  const at::Tensor x = at::randn({1, 4, 5, 5});
  EXPECT_TRUE(at::equal(first.forward(x), second.forward(x)));
}

}  // namespace
}  // namespace fude::training
