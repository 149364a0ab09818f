#include "training/gradients.h"

#include <gtest/gtest.h>

namespace fude::training {
namespace {

TEST(ComputeGradients, AveragesOverShardsAndFillsUnusedWithZeros) {
  WorkerPool pool(2);
  const std::vector<Parameter> parameters = {{"a", at::ones({2}).requires_grad_()},
                                             {"b", at::ones({3}).requires_grad_()}};
  const BatchGradients batch = compute_gradients(pool, parameters, 4, [&](int shard) {
    return ShardLoss{(parameters[0].value * shard).sum(), {{"shard", static_cast<double>(shard)}}};
  });
  EXPECT_TRUE(at::allclose(batch.gradients[0], at::full({2}, 1.5)));
  EXPECT_TRUE(at::equal(batch.gradients[1], at::zeros({3})));
  EXPECT_DOUBLE_EQ(batch.metrics.at("shard"), 1.5);
}

TEST(ClipGradients, ScalesOnlyWhatIsTooLong) {
  std::vector<at::Tensor> gradients = {at::full({1}, 3.0), at::full({1}, 4.0)};
  EXPECT_NEAR(clip_gradients(gradients, 1), 5, 1e-6);
  EXPECT_NEAR(gradients[0].item<double>(), 0.6, 1e-6);
  EXPECT_NEAR(clip_gradients(gradients, 2), 1, 1e-6);
  EXPECT_NEAR(gradients[1].item<double>(), 0.8, 1e-6);
}

}  // namespace
}  // namespace fude::training
