#include "training/initialisers.h"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "models/autoencoders/autoencoder_kl.h"
#include "training/parameter_source.h"

namespace fude::training {
namespace {

TEST(DefaultInitialValue, KeepsWeightsWithinTheBoundOfTheirFanIn) {
  const at::Tensor weight = default_initial_value("conv.weight", {8, 4, 3, 3});
  EXPECT_LE(weight.abs().max().item<double>(), 1 / 6.0);
  EXPECT_GT(weight.abs().max().item<double>(), 0.1);
  EXPECT_EQ(default_initial_value("norm.weight", {8}).sum().item<double>(), 8);
  EXPECT_EQ(default_initial_value("conv.bias", {8}).abs().sum().item<double>(), 0);
}

TEST(AutoencoderInitialValue, LetsColoursThroughFromTheFirstStep) {
  const at::NoGradGuard no_gradient;
  at::manual_seed(8);
  ParameterSource source(autoencoder_initial_value, at::kCPU);
  const models::AutoencoderKL model(weights::WeightView(source, "first_stage_model."),
                                    {.channels = 64, .channel_mult = {1, 1}, .res_blocks = 1});
  // Areas of one colour each: their latents must differ about as much as in lightness, or training stays grey.
  const at::Tensor red = at::tensor({1.0F, -1.0F, -1.0F}).view({1, 3, 1, 1}).expand({1, 3, 16, 16});
  const at::Tensor blue = red.flip({1});
  const at::Tensor image = at::cat({red, blue}, 3);
  const at::Tensor latent = model.encode_moments(image).narrow(1, 0, 4);
  const at::Tensor left = latent.narrow(3, 2, 4).mean({2, 3}), right = latent.narrow(3, 10, 4).mean({2, 3});
  EXPECT_GT((left - right).norm().item<double>(), 0.5);
  const at::Tensor log_variance = model.encode_moments(image).narrow(1, 4, 4);
  EXPECT_LT(log_variance.max().item<double>(), -3);
}

TEST(DenoiserInitialValue, ClosesResidualBranchesAndTheOutput) {
  const std::string net = "model.diffusion_model.";
  EXPECT_EQ(denoiser_initial_value(net + "out.2.weight", {4, 8, 3, 3}).abs().sum().item<double>(), 0);
  EXPECT_EQ(denoiser_initial_value(net + "middle_block.0.out_layers.3.weight", {8, 8, 3, 3}).abs().sum().item<double>(),
            0);
  EXPECT_GT(denoiser_initial_value(net + "middle_block.0.in_layers.2.weight", {8, 8, 3, 3}).abs().sum().item<double>(),
            0);
}

}  // namespace
}  // namespace fude::training
