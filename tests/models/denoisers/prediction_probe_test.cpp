#include "models/denoisers/prediction_probe.h"

#include <gtest/gtest.h>

#include "weights/weight_view.h"

namespace fude::models {
namespace {

/// The smallest U-Net of Stable Diffusion 2's kind whose skip from the first convolution to the last carries the input
/// through, times `gain`; all else is zero.
class PassingWeights : public weights::TensorSource {
 public:
  explicit PassingWeights(double gain) : gain_(gain) {}

  at::Tensor take(const std::string& key, at::IntArrayRef shape) override {
    at::Tensor tensor = at::zeros(shape);
    if (key == "input_blocks.0.0.weight") tensor.slice(0, 0, 4).select(2, 1).select(2, 1).copy_(at::eye(4));
    // The last stage sees what came up beside the first convolution's output.
    if (key == "output_blocks.1.0.skip_connection.weight") {
      tensor.slice(0, 0, 4).slice(1, 64, 68).select(2, 0).select(2, 0).copy_(at::eye(4));
    }
    if (key == "out.0.weight") tensor.fill_(1);
    if (key == "out.2.weight") tensor.slice(1, 0, 4).select(2, 1).select(2, 1).copy_(at::eye(4) * gain_);
    return tensor;
  }

 private:
  double gain_;
};

bool probe(double gain) {
  PassingWeights source(gain);
  const UNetConfig config{.model_channels = 64,
                          .channel_mult = {1},
                          .transformer_depth = {0},
                          .middle_transformer_depth = 1,
                          .res_blocks = 1,
                          .context_dim = 8,
                          .heads = 0,
                          .head_width = 64,
                          .has_linear_projections = true};
  return answers_with_velocity(UNet(weights::WeightView(source), config));
}

TEST(PredictionProbe, TakesANetworkThatGivesTheNoiseBackForOneThatPredictsIt) { EXPECT_FALSE(probe(1)); }

TEST(PredictionProbe, TakesOtherAnswersForVelocities) {
  EXPECT_TRUE(probe(-1));
  EXPECT_TRUE(probe(0));
}

}  // namespace
}  // namespace fude::models
