#include "models/autoencoders/banded_autoencoder.h"

#include <gtest/gtest.h>

#include "io/tensor_file.h"
#include "models/stable_diffusion.h"
#include "ops/seamless.h"
#include "tests/support/golden.h"
#include "tests/support/tiny_model.h"

namespace fude::models {
namespace {

constexpr double kTolerance = 1e-4;
constexpr BandOptions kNarrow{.pixels = 1};  // bands of the fewest rows
constexpr BandOptions kNarrowAndLean{.pixels = 1, .stores_wide_maps = false};

at::Tensor random_tensor(at::IntArrayRef sizes) {
  at::manual_seed(11);
  return at::randn(sizes);
}

class BandedAutoencoder : public ::testing::Test {
 protected:
  AutoencoderKL autoencoder_ = load_autoencoder(io::TensorFile::open(tests::tiny_model("micro-sd1")), {});
};

TEST_F(BandedAutoencoder, DecodesAsTheWhole) {
  const at::Tensor latent = random_tensor({1, 4, 17, 12});  // the last bands of 17 * 8 rows are short ones
  const at::Tensor whole = autoencoder_.decode(latent);
  EXPECT_LT(tests::max_difference(decode_in_bands(autoencoder_, latent, kNarrow), whole), kTolerance);
  EXPECT_LT(tests::max_difference(decode_in_bands(autoencoder_, latent), whole), kTolerance) << "in one band";
}

TEST_F(BandedAutoencoder, EncodesAsTheWhole) {
  const at::Tensor image = random_tensor({1, 3, 136, 96}).clamp(-1, 1);
  const at::Tensor whole = autoencoder_.encode(image);
  EXPECT_LT(tests::max_difference(encode_in_bands(autoencoder_, image, kNarrow), whole), kTolerance);
  EXPECT_LT(tests::max_difference(encode_in_bands(autoencoder_, image), whole), kTolerance) << "in one band";
}

TEST_F(BandedAutoencoder, GivesTheSameWhereItStoresLess) {
  const at::Tensor latent = random_tensor({2, 4, 17, 12});
  const at::Tensor image = random_tensor({2, 3, 136, 96}).clamp(-1, 1);
  const at::Tensor decoded = autoencoder_.decode(latent), encoded = autoencoder_.encode(image);
  for (const BandOptions& options : {kNarrowAndLean, kLeanBands}) {
    EXPECT_LT(tests::max_difference(decode_in_bands(autoencoder_, latent, options), decoded), kTolerance);
    EXPECT_LT(tests::max_difference(encode_in_bands(autoencoder_, image, options), encoded), kTolerance);
  }
}

TEST_F(BandedAutoencoder, JoinsTheEdgesOfSeamlessPicturesWhereItStoresLess) {
  const at::Tensor latent = random_tensor({1, 4, 12, 8});
  const ops::SeamlessConvolutions seamless(true);
  EXPECT_LT(tests::max_difference(decode_in_bands(autoencoder_, latent, kNarrowAndLean), autoencoder_.decode(latent)),
            kTolerance);
}

// Light at the top and dark at the bottom: bands that took their own mean and variance would all come out grey.
TEST_F(BandedAutoencoder, NormalisesOverTheWholePicture) {
  const at::Tensor latent = at::linspace(3, -3, 24).view({1, 1, 24, 1}).expand({1, 4, 24, 8}).contiguous();
  const at::Tensor whole = autoencoder_.decode(latent);
  ASSERT_GT((whole.narrow(2, 0, 16).mean() - whole.narrow(2, 176, 16).mean()).abs().item<double>(), 0.05);
  EXPECT_LT(tests::max_difference(decode_in_bands(autoencoder_, latent, kNarrow), whole), kTolerance);
}

TEST_F(BandedAutoencoder, WrapsSeamlessPicturesAroundAsTheWholeDoes) {
  const at::Tensor latent = random_tensor({1, 4, 12, 8});
  const at::Tensor plain = autoencoder_.decode(latent);
  const ops::SeamlessConvolutions seamless(true);
  const at::Tensor whole = autoencoder_.decode(latent);
  ASSERT_GT(tests::max_difference(whole, plain), kTolerance);
  EXPECT_LT(tests::max_difference(decode_in_bands(autoencoder_, latent, kNarrow), whole), kTolerance);
  const at::Tensor image = whole.clamp(-1, 1);
  EXPECT_LT(tests::max_difference(encode_in_bands(autoencoder_, image, kNarrow), autoencoder_.encode(image)),
            kTolerance);
}

TEST_F(BandedAutoencoder, TreatsEachPictureOfABatchByItself) {
  const at::Tensor latents = random_tensor({2, 4, 6, 6}) * at::tensor({1.0F, 3.0F}).view({2, 1, 1, 1});
  const at::Tensor images = decode_in_bands(autoencoder_, latents, kNarrow);
  EXPECT_TRUE(images.narrow(0, 1, 1).equal(decode_in_bands(autoencoder_, latents.narrow(0, 1, 1), kNarrow)));
  const at::Tensor encoded = encode_in_bands(autoencoder_, images, kNarrow);
  EXPECT_TRUE(encoded.narrow(0, 1, 1).equal(encode_in_bands(autoencoder_, images.narrow(0, 1, 1), kNarrow)));
}

TEST_F(BandedAutoencoder, StaysInItsType) {
  const AutoencoderKL half =
      load_autoencoder(io::TensorFile::open(tests::tiny_model("micro-sd1")), {.type = at::kBFloat16});
  const at::Tensor latent = random_tensor({1, 4, 6, 6}).to(at::kBFloat16);
  const at::Tensor image = decode_in_bands(half, latent, kNarrow);
  EXPECT_EQ(image.scalar_type(), at::kBFloat16);
  const at::Tensor exact = autoencoder_.decode(latent.to(at::kFloat));
  // About as near to single precision as the whole is in half.
  const double whole_error = tests::max_difference(half.decode(latent).to(at::kFloat), exact);
  EXPECT_LT(tests::max_difference(image.to(at::kFloat), exact), 2 * whole_error);
}

TEST(DecodeBytes, CountsTheWidestMapsAndTheScoresOfAttention) {
  const AutoencoderKLConfig config;  // 256 channels come in at the image's size
  constexpr int64_t kCells = 64 * 96, kPixels = 512 * 768;
  EXPECT_EQ(decode_bytes(config, 64, 96, at::kFloat), (4 * 256 * kPixels + 2 * kCells * kCells) * 4);
  EXPECT_EQ(decode_bytes(config, 64, 96, at::kBFloat16), decode_bytes(config, 64, 96, at::kFloat) / 2);
}

TEST(DecodeBytes, AreATenthWhereLessIsStored) {
  const AutoencoderKLConfig config;
  const double share = static_cast<double>(lean_decode_bytes(config, 512, 512, at::kHalf)) /
                       static_cast<double>(decode_bytes(config, 512, 512, at::kHalf));
  EXPECT_GT(share, 0.09);
  EXPECT_LT(share, 0.2);
}

TEST(DecodeBytes, GrowsNoFasterThanThePictureWhereAttentionGoesByParts) {
  const AutoencoderKLConfig config;
  const int64_t once = decode_bytes(config, 256, 256, at::kFloat), twice = decode_bytes(config, 256, 512, at::kFloat);
  EXPECT_EQ(twice - once, int64_t{4} * 256 * 2048 * 2048 * 4);
}

}  // namespace
}  // namespace fude::models
