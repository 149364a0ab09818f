#include "training/parameter_training.h"

#include <gtest/gtest.h>

#include "tests/support/refusal.h"

namespace fude::training {
namespace {

/// Two numbers that shall become equal to 3 and -1.
class Targets {
 public:
  explicit Targets(const LearningConfig& config = {.shards = 2, .optimizer = {.adamw_rate = 0.1}})
      : value_(at::zeros({2}).requires_grad_()),
        training_(
            {{"value", value_}}, [](const Parameter&) { return UpdateRule::kAdamW; }, config) {}

  Metrics step(std::int64_t step) {
    return training_.step(pool_, {.step = step}, [&](int) {
      const at::Tensor loss = (value_ - at::tensor({3.F, -1.F})).square().sum();
      return ShardLoss{loss, {{"loss", loss.item<double>()}}};
    });
  }
  ParameterTraining& training() { return training_; }
  const at::Tensor& value() const { return value_; }

 private:
  WorkerPool pool_{2};
  at::Tensor value_;
  ParameterTraining training_;
};

TEST(ParameterTraining, GoesDownAndTellsLossAndGradient) {
  Targets targets;
  const Metrics first = targets.step(0);
  EXPECT_DOUBLE_EQ(first.at("loss"), 10);
  EXPECT_NEAR(first.at("gradient_norm"), std::sqrt(40), 1e-4);
  for (int i = 1; i < 100; ++i) targets.step(i);
  EXPECT_NEAR(targets.value()[0].item<double>(), 3, 0.2);
  EXPECT_NEAR(targets.value()[1].item<double>(), -1, 0.2);
}

TEST(ParameterTraining, StandsStillWhenTheRateIsZero) {
  Targets targets({.shards = 2, .optimizer = {.adamw_rate = 0}});
  targets.step(0);
  EXPECT_EQ(targets.value().abs().sum().item<double>(), 0);
}

TEST(ParameterTraining, GoesOnFromItsStateAsIfNeverStopped) {
  Targets whole, first, second;
  for (int i = 0; i < 6; ++i) whole.step(i);
  for (int i = 0; i < 3; ++i) first.step(i);
  NamedTensors state;
  first.training().save(state);
  for (auto& [name, tensor] : state) tensor = tensor.clone();
  second.training().load(state);
  for (int i = 3; i < 6; ++i) second.step(i);
  EXPECT_TRUE(at::equal(second.value(), whole.value()));
  EXPECT_TRUE(at::equal(second.training().average().values()[0], whole.training().average().values()[0]));
}

TEST(ParameterTraining, NamesWhatAStateLacks) {
  Targets targets;
  EXPECT_NE(tests::refusal(ErrorCode::kCorruptFile, [&] { targets.training().load({}); }).find("value"),
            std::string::npos);
}

}  // namespace
}  // namespace fude::training
