#include "models/autoencoders/tiny_autoencoder.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/support/golden.h"
#include "tests/support/refusal.h"
#include "tests/support/tiny_autoencoder_weights.h"

namespace fude::models {
namespace {

constexpr double kTolerance = 2e-5;

TinyAutoencoderConfig release() {
  TinyAutoencoderConfig config;
  config.encoder_prefix = "taesd_encoder.";
  config.decoder_prefix = "taesd_decoder.";
  return config;
}

TEST(TinyAutoencoder, DecodesAndEncodesAsTheRelease) {
  const io::TensorFile golden = tests::golden_tensors("components/preview.safetensors");
  tests::TinyAutoencoderWeights source;
  const TinyAutoencoder autoencoder(weights::WeightView(source), release());
  // The release's images are in [0,1].
  const at::Tensor image = (autoencoder.decode(golden.tensor("latent")) + 1) / 2;
  EXPECT_TRUE(tests::close_to(image, golden.tensor("taesd_generated.decode"), kTolerance));
  const at::Tensor latent = autoencoder.encode(golden.tensor("taesd_generated.image") * 2 - 1);
  EXPECT_TRUE(tests::close_to(latent, golden.tensor("taesd_generated.encode"), kTolerance));
}

TEST(TinyAutoencoder, IsRecognisedByTheNamesItAsksFor) {
  const TinyAutoencoderConfig without_encoder{.encoder_prefix = {}, .decoder_prefix = "", .first_layer = 1};
  const TinyAutoencoderConfig diffusers{
      .encoder_prefix = "encoder.layers.", .decoder_prefix = "decoder.layers.", .first_layer = 0};
  const TinyAutoencoderConfig bare{.encoder_prefix = "encoder.", .decoder_prefix = "decoder.", .first_layer = 1};
  for (const TinyAutoencoderConfig& config : {release(), diffusers, bare, without_encoder}) {
    tests::TinyAutoencoderWeights source;
    const TinyAutoencoder autoencoder(weights::WeightView(source), config);
    EXPECT_TRUE(is_tiny_autoencoder(source.index())) << config.decoder_prefix;
    EXPECT_EQ(infer_tiny_autoencoder_config(source.index()), config) << config.decoder_prefix;
  }
}

TEST(TinyAutoencoder, HasTheNamesOfDiffusersOneLayerEarlier) {
  tests::TinyAutoencoderWeights source;
  TinyAutoencoderConfig config{.encoder_prefix = "encoder.layers.", .decoder_prefix = "decoder.layers."};
  config.first_layer = 0;
  const TinyAutoencoder autoencoder(weights::WeightView(source), config);
  for (const char* name :
       {"encoder.layers.0.bias", "encoder.layers.2.weight", "encoder.layers.13.conv.4.bias", "encoder.layers.14.bias",
        "decoder.layers.0.weight", "decoder.layers.2.conv.0.weight", "decoder.layers.6.weight",
        "decoder.layers.16.weight", "decoder.layers.17.conv.2.weight", "decoder.layers.18.bias"}) {
    EXPECT_TRUE(source.index().contains(name)) << name;
  }
  EXPECT_FALSE(source.index().contains("decoder.layers.6.bias"));
}

TEST(TinyAutoencoder, SaysWhenItCannotEncode) {
  tests::TinyAutoencoderWeights source;
  const TinyAutoencoder autoencoder(weights::WeightView(source), {.encoder_prefix = {}, .decoder_prefix = ""});
  EXPECT_THAT(tests::refusal(ErrorCode::kUnsupportedModel,
                             [&] {
                               autoencoder.encode(at::zeros({1, 3, 8, 8}));
                             }),
              ::testing::HasSubstr("decoder only"));
}

TEST(TinyAutoencoder, IsNotSeenInOtherFiles) {
  EXPECT_FALSE(is_tiny_autoencoder({{"decoder.conv_in.weight", {512, 4, 3, 3}}}));
  EXPECT_FALSE(is_tiny_autoencoder({{"19.weight", {3, 64, 3, 3}}})) << "some other chain of layers";
}

}  // namespace
}  // namespace fude::models
