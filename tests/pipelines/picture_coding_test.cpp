#include "pipelines/picture_coding.h"

#include <gmock/gmock.h>

#include <limits>
#include <map>
#include <string>
#include <vector>

#include "io/safetensors_writer.h"
#include "tests/support/golden.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_autoencoder_weights.h"
#include "tests/support/tiny_model.h"

namespace fude::pipelines {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr float kTooLargeForHalf = 3.4e38F;  // infinite as bf16, finite as fp32

class PictureCoding : public ::testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  GenerationRequest request_;
  std::vector<std::string> warnings_;
  at::Tensor latent_ = at::linspace(-2, 2, 4 * 8 * 6).view({1, 4, 8, 6});
  at::Tensor image_ = at::linspace(-1, 1, 3 * 64 * 48).view({1, 3, 64, 48});

  PictureCoding() { request_.model = tests::tiny_model("micro-sd1").string(); }

  PictureModel load(at::ScalarType type = at::kFloat) const {
    return load_picture_model(ModelLibrary(folder_.path()), request_, {.type = type});
  }

  at::Tensor decode(const PictureModel& model) {
    return decode_latent(model, request_, latent_, [this](const std::string& line) { warnings_.push_back(line); });
  }

  at::Tensor encode(const PictureModel& model) {
    return encode_image(model, request_, image_, [this](const std::string& line) { warnings_.push_back(line); });
  }

  std::string write(const std::map<std::string, at::Tensor>& tensors) const {
    io::write_safetensors(folder_ / "written.safetensors", tensors, {});
    return (folder_ / "written.safetensors").string();
  }

  /// The model with a number in the bias that each half of its autoencoder ends in.
  std::string with_last_bias(float value) const {
    std::map<std::string, at::Tensor> tensors;
    for (const auto& [name, tensor] : tests::generate_tiny_model("micro-sd1")) {
      const bool is_last = name.ends_with("coder.conv_out.bias");
      tensors[name] = is_last ? at::full(tensor.sizes(), value, at::kFloat) : tensor;
    }
    return write(tensors);
  }
};

TEST_F(PictureCoding, GoesThroughTheModelsAutoencoder) {
  const PictureModel model = load();
  EXPECT_TRUE(decode(model).equal(model.networks.autoencoder.decode(latent_)));
  EXPECT_TRUE(encode(model).equal(model.networks.autoencoder.encode(image_)));
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(PictureCoding, GivesTheSamePieceByPiece) {
  const PictureModel model = load();
  const at::Tensor decoded = decode(model), encoded = encode(model);
  request_.vae_tiling = "on";
  EXPECT_LT(tests::max_difference(decode(model), decoded), 1e-4);
  EXPECT_LT(tests::max_difference(encode(model), encoded), 1e-4);
}

TEST_F(PictureCoding, RepeatsInSinglePrecisionWithAWarning) {
  request_.model = with_last_bias(kTooLargeForHalf);
  const at::Tensor exact = decode(load());
  EXPECT_THAT(warnings_, IsEmpty());
  const at::Tensor image = decode(load(at::kBFloat16));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("runs again in fp32")));
  EXPECT_TRUE(image.isfinite().all().item<bool>());
  EXPECT_TRUE(tests::close_to(image, exact, 1e-2));
}

TEST_F(PictureCoding, SaysWhenThereAreNoNumbersAtAll) {
  request_.model = with_last_bias(std::numeric_limits<float>::infinity());
  EXPECT_THAT(tests::refusal(ErrorCode::kUnsupportedModel, [&] { decode(load(at::kBFloat16)); }),
              HasSubstr("no numbers"));
}

TEST_F(PictureCoding, RepeatsWithASeparateAutoencodersFile) {
  request_.vae = with_last_bias(kTooLargeForHalf);
  EXPECT_GT(decode(load(at::kBFloat16)).max().item<float>(), 1e38F);
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("runs again in fp32")));
}

TEST_F(PictureCoding, DecodesThroughATinyAutoencoder) {
  tests::TinyAutoencoderWeights weights;
  const models::TinyAutoencoder tiny(weights::WeightView(weights),
                                     {.encoder_prefix = "taesd_encoder.", .decoder_prefix = "taesd_decoder."});
  request_.vae = write(weights.tensors());
  const PictureModel model = load();
  EXPECT_EQ(model.vae_name, "written");
  EXPECT_TRUE(tests::close_to(decode(model), tiny.decode(latent_), 1e-5));
  EXPECT_TRUE(encode(model).equal(model.networks.autoencoder.encode(image_)));
}

TEST_F(PictureCoding, RefusesAnAutoencoderForOtherLatents) {
  tests::TinyAutoencoderWeights weights;
  models::TinyAutoencoderConfig config;
  config.decoder_prefix = "taesd_decoder.";
  config.latent_channels = 16;
  const models::TinyAutoencoder tiny(weights::WeightView(weights), config);
  request_.vae = write(weights.tensors());
  EXPECT_THAT(tests::refusal(ErrorCode::kUnsupportedModel, [&] { load(); }), HasSubstr("of 16 channels"));
}

}  // namespace
}  // namespace fude::pipelines
