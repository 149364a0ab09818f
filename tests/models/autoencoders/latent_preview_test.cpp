#include "models/autoencoders/latent_preview.h"

#include <gtest/gtest.h>

#include "models/stable_diffusion.h"
#include "tests/support/golden.h"
#include "tests/support/tiny_model.h"

namespace fude::models {
namespace {

TEST(LatentPreview, GivesTheWebUisColours) {
  const io::TensorFile golden = tests::golden_tensors("components/preview.safetensors");
  const at::Tensor latent = golden.tensor("latent");
  const at::Tensor first = preview_of(latent, stable_diffusion_colours());
  EXPECT_TRUE(tests::close_to(first, golden.tensor("cheap.sd1").clamp(-1, 1), 2e-5));
  const at::Tensor second = preview_of(latent, sdxl_colours());
  EXPECT_TRUE(tests::close_to(second, golden.tensor("cheap.sdxl").clamp(-1, 1), 2e-5));
}

TEST(LatentPreview, StaysWithinAnImagesRange) {
  const at::Tensor image = preview_of(at::full({2, 4, 1, 3}, 100.0F), sdxl_colours());
  EXPECT_EQ(image.sizes(), (std::vector<int64_t>{2, 3, 1, 3}));
  EXPECT_LE(image.abs().max().item<float>(), 1.0F);
}

TEST(LatentPreview, AddsTheLastRowToEveryPixel) {
  const LatentColours colours{at::tensor({0.5F, 0.0F, 0.0F, 0.1F, 0.2F, 0.3F}).view({2, 3})};
  const at::Tensor pixel = preview_of(at::ones({1, 1, 1, 1}), colours);
  EXPECT_TRUE(at::allclose(pixel.flatten(), at::tensor({0.6F, 0.2F, 0.3F})));
}

TEST(FittedColours, ComeNearWhatTheAutoencoderMakes) {
  const AutoencoderKL autoencoder = load_autoencoder(io::TensorFile::open(tests::tiny_model("micro-sd1")), {});
  at::manual_seed(5);
  const at::Tensor latent = at::randn({1, 4, 6, 6}).repeat_interleave(3, 2).repeat_interleave(3, 3);
  const at::Tensor made = at::avg_pool2d(autoencoder.decode(latent), {8, 8});
  const auto error = [&](const LatentColours& colours) {
    return (preview_of(latent, colours) - made).square().mean().item<double>();
  };
  const LatentColours fitted = fitted_colours(autoencoder);
  const double spread = (made - made.mean(at::IntArrayRef{2, 3}, true)).square().mean().item<double>();
  EXPECT_LT(error(fitted), spread) << "better than one colour for all";
  EXPECT_LT(error(fitted), error(stable_diffusion_colours()));
  EXPECT_TRUE(fitted_colours(autoencoder).factors.equal(fitted.factors));
}

}  // namespace
}  // namespace fude::models
