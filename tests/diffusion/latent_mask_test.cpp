#include "diffusion/latent_mask.h"

#include <gtest/gtest.h>

#include <cmath>

namespace fude::diffusion {
namespace {

// Left stays, right is made anew.
LatentMask half() {
  return {.repaint = at::tensor({0.0F, 1.0F}).view({1, 1, 1, 2}), .original = at::full({1, 1, 1, 2}, 5.0F)};
}

TEST(LatentMask, PutsBackWhatStays) {
  EXPECT_TRUE(half().keep(at::ones({1, 1, 1, 2})).flatten().equal(at::tensor({5.0F, 1.0F})));
  EXPECT_TRUE(LatentMask().keep(at::ones({1})).equal(at::ones({1})));
}

TEST(MaskedDenoiser, PutsItBackIntoThePrediction) {
  const LatentMask mask = half();
  MaskedDenoiser denoise([](const at::Tensor& x, double) { return x * 2; }, mask, /*before=*/false);
  EXPECT_TRUE(denoise(at::ones({1, 1, 1, 2}), 3).flatten().equal(at::tensor({5.0F, 2.0F})));
}

TEST(MaskedDenoiser, ShowsItToTheNetworkAndLeavesTheSamplersLatent) {
  const LatentMask mask = half();
  at::Tensor seen;
  MaskedDenoiser denoise(
      [&seen](const at::Tensor& x, double) {
        seen = x;
        return x - 0.5;
      },
      mask, /*before=*/true);
  const double sigma = 0.75, scale = std::sqrt(1 + sigma * sigma);
  const at::Tensor x = at::ones({1, 1, 1, 2});
  const at::Tensor denoised = denoise(x, sigma);
  EXPECT_NEAR(seen[0][0][0][0].item<double>(), 5 * scale, 1e-5);
  EXPECT_NEAR(seen[0][0][0][1].item<double>(), 1, 1e-6);
  // The noise that the sampler derives is the network's: 0.5 everywhere.
  EXPECT_TRUE(at::allclose(x - denoised, at::full({1, 1, 1, 2}, 0.5F), 0, 1e-5));
}

}  // namespace
}  // namespace fude::diffusion
