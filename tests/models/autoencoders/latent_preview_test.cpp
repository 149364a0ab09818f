#include "models/autoencoders/latent_preview.h"

#include <gtest/gtest.h>

#include "tests/support/golden.h"

namespace fude::models {
namespace {

TEST(LatentPreview, GivesTheWebUisColours) {
  const io::TensorFile golden = tests::golden_tensors("components/preview.safetensors");
  const at::Tensor latent = golden.tensor("latent");
  const at::Tensor first = preview_of(latent, LatentSpace::kStableDiffusion);
  EXPECT_TRUE(tests::close_to(first, golden.tensor("cheap.sd1").clamp(-1, 1), 2e-5));
  const at::Tensor second = preview_of(latent, LatentSpace::kSdxl);
  EXPECT_TRUE(tests::close_to(second, golden.tensor("cheap.sdxl").clamp(-1, 1), 2e-5));
}

TEST(LatentPreview, StaysWithinAnImagesRange) {
  const at::Tensor image = preview_of(at::full({2, 4, 1, 3}, 100.0F), LatentSpace::kSdxl);
  EXPECT_EQ(image.sizes(), (std::vector<int64_t>{2, 3, 1, 3}));
  EXPECT_LE(image.abs().max().item<float>(), 1.0F);
}

}  // namespace
}  // namespace fude::models
