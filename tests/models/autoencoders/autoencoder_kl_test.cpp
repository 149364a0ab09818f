#include "models/autoencoders/autoencoder_kl.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "io/tensor_file.h"
#include "models/stable_diffusion.h"
#include "tests/support/golden.h"
#include "tests/support/tiny_model.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

constexpr double kTolerance = 2e-5;

struct AutoencoderCase {
  std::string name, model;
  double scale_factor = 0.18215;
};

class AutoencoderGolden : public ::testing::TestWithParam<AutoencoderCase> {
 protected:
  io::TensorFile golden_ = io::TensorFile::open(tests::golden_path("components/vae.safetensors"));
  AutoencoderKL autoencoder_ =
      load_autoencoder(io::TensorFile::open(tests::tiny_model(GetParam().model)), {}, GetParam().scale_factor);

  at::Tensor golden(const std::string& what) const { return golden_.tensor(GetParam().name + "." + what); }
};

TEST_P(AutoencoderGolden, EncodesToTheOriginalsMoments) {
  EXPECT_TRUE(tests::close_to(autoencoder_.encode_moments(golden("image")), golden("moments"), kTolerance));
  EXPECT_TRUE(tests::close_to(autoencoder_.encode(golden("image")), golden("latent"), kTolerance));
}

TEST_P(AutoencoderGolden, DecodesToTheOriginalsImage) {
  EXPECT_TRUE(tests::close_to(autoencoder_.decode(golden("z")), golden("decode_first_stage"), kTolerance));
}

INSTANTIATE_TEST_SUITE_P(Published, AutoencoderGolden,
                         ::testing::Values(AutoencoderCase{"tiny-sd1.64x64", "tiny-sd1"},
                                           AutoencoderCase{"tiny-sd1.48x80", "tiny-sd1"},
                                           AutoencoderCase{"micro-sd1.64x64", "micro-sd1"},
                                           AutoencoderCase{"tiny-sdxl.64x64", "tiny-sdxl", 0.13025},
                                           AutoencoderCase{"tiny-sdxl.48x80", "tiny-sdxl", 0.13025}));

TEST(InferAutoencoderConfig, ReadsEveryWidthOffTheShapes) {
  const auto index = weights::index_of(io::TensorFile::open(tests::tiny_model("tiny-sd1")));
  const auto config = infer_autoencoder_kl_config(weights::sub_index(index, "first_stage_model."));
  EXPECT_EQ(config.channels, 32);
  EXPECT_EQ(config.channel_mult, (std::vector<int64_t>{1, 2, 4, 4}));
  EXPECT_EQ(config.res_blocks, 2);
  EXPECT_EQ(config.z_channels, 4);
  EXPECT_EQ(config.downscale(), 8);
}

TEST(InferAutoencoderConfig, RejectsAnEncoderWithoutLevels) {
  const weights::TensorIndex index = {{"encoder.conv_in.weight", {32, 3, 3, 3}}};
  EXPECT_THROW(infer_autoencoder_kl_config(index), Error);
}

}  // namespace
}  // namespace fude::models
