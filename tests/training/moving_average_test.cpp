#include "training/moving_average.h"

#include <gtest/gtest.h>

namespace fude::training {
namespace {

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
