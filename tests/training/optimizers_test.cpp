#include "training/optimizers.h"

#include <gmock/gmock.h>

#include <cmath>

namespace fude::training {
namespace {

Parameter parameter(const std::string& name, const at::Tensor& value) { return {name, value.clone().requires_grad_()}; }

TEST(AdamW, MovesByTheFormulaOfThePaper) {
  const OptimizerConfig config{.beta1 = 0.9, .beta2 = 0.99, .epsilon = 1e-8, .weight_decay = 0.1};
  const at::Tensor value = at::full({1, 1}, 2.0);
  const AdamWMoments moments{at::zeros({1, 1}), at::zeros({1, 1})};
  double m = 0, v = 0, expected = 2.0;
  for (int step = 1; step <= 3; ++step) {
    const double gradient = 0.5 * step, rate = 0.01;
    adamw_step(value, at::full({1, 1}, gradient), moments, step, rate, config);
    m = 0.9 * m + 0.1 * gradient;
    v = 0.99 * v + 0.01 * gradient * gradient;
    expected -= rate * 0.1 * expected;
    expected -= rate * (m / (1 - std::pow(0.9, step))) / (std::sqrt(v / (1 - std::pow(0.99, step))) + 1e-8);
  }
  EXPECT_NEAR(value.item<double>(), expected, 1e-6);
}

TEST(AdamW, DoesNotDecayBiases) {
  const at::Tensor bias = at::ones({2});
  adamw_step(bias, at::zeros({2}), {at::zeros({2}), at::zeros({2})}, 1, 0.1, {.weight_decay = 0.5});
  EXPECT_TRUE(at::equal(bias, at::ones({2})));
}

TEST(Orthogonalise, BringsSingularValuesNearOneWhateverTheShape) {
  at::manual_seed(3);
  for (const auto& [rows, columns] : {std::pair{8, 24}, std::pair{24, 8}, std::pair{16, 16}}) {
    const at::Tensor result = orthogonalise(at::randn({2, rows, columns}) * 7);
    const at::Tensor values = at::linalg_svdvals(result);
    EXPECT_GT(values.median().item<double>(), 0.6) << rows << "x" << columns;
    EXPECT_LT(values.max().item<double>(), 1.4) << rows << "x" << columns;
  }
}

TEST(Orthogonalise, KeepsTheDirectionOfAnOrthogonalMatrix) {
  const at::Tensor result = orthogonalise(at::eye(8).unsqueeze(0) * 3);
  const at::Tensor diagonal = result[0].diagonal();
  EXPECT_LT((result[0] - at::diag(diagonal)).abs().max().item<double>(), 0.02);
  EXPECT_GT(diagonal.min().item<double>(), 0.6);
}

TEST(Optimizer, MuonStepHasTheSizeOfAnAdamWStep) {
  at::manual_seed(4);
  WorkerPool pool(1);
  const Parameter matrix = parameter("a", at::zeros({16, 32}));
  Optimizer optimizer({matrix}, [](const Parameter&) { return UpdateRule::kMuon; }, {.muon_rate = 0.01});
  optimizer.step(pool, {at::randn({16, 32})}, 1.0);
  const double rms = matrix.value.detach().square().mean().sqrt().item<double>();
  EXPECT_NEAR(rms, 0.2 * 0.01, 0.0006);
}

TEST(Optimizer, GoesOnFromSavedStateExactlyAsWithoutPause) {
  at::manual_seed(5);
  WorkerPool pool(2);
  const at::Tensor weight = at::randn({8, 8}), bias = at::randn({8});
  const auto rule = [](const Parameter& p) { return p.value.dim() > 1 ? UpdateRule::kMuon : UpdateRule::kAdamW; };
  const std::vector<at::Tensor> first = {at::randn({8, 8}), at::randn({8})};
  const std::vector<at::Tensor> second = {at::randn({8, 8}), at::randn({8})};

  const std::vector<Parameter> straight = {parameter("w", weight), parameter("b", bias)};
  Optimizer whole(straight, rule, {});
  whole.step(pool, first, 1);
  NamedTensors saved;
  whole.save(saved);
  for (auto& [name, tensor] : saved) tensor = tensor.clone();
  const std::vector<Parameter> resumed = {parameter("w", straight[0].value.detach()),
                                          parameter("b", straight[1].value.detach())};
  whole.step(pool, second, 1);

  Optimizer again(resumed, rule, {});
  again.load(saved);
  again.step(pool, second, 1);
  EXPECT_TRUE(at::equal(straight[0].value, resumed[0].value));
  EXPECT_TRUE(at::equal(straight[1].value, resumed[1].value));
}

}  // namespace
}  // namespace fude::training
