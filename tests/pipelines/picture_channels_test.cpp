#include "pipelines/picture_channels.h"

#include <gtest/gtest.h>

#include "io/tensor_file.h"
#include "tests/support/tiny_model.h"

namespace fude::pipelines {
namespace {

models::StableDiffusion load(const std::string& model) {
  return models::load_stable_diffusion(io::TensorFile::open(tests::tiny_model(model)), {});
}

TEST(BlankPictureChannels, AreNoneForMostModels) {
  EXPECT_FALSE(blank_picture_channels(load("micro-sd1"), {}, 128, 128).defined());
}

TEST(BlankPictureChannels, AreAMaskOfOneAndGreyForInpainting) {
  const models::StableDiffusion networks = load("tiny-sd1-inpaint");
  EXPECT_TRUE(has_mask_channels(networks.config));
  const at::Tensor channels = blank_picture_channels(networks, {}, 64, 96);
  ASSERT_EQ(channels.sizes(), (std::vector<int64_t>{1, 5, 8, 12}));
  EXPECT_EQ(channels.select(1, 0).min().item<float>(), 1);
  EXPECT_TRUE(channels.narrow(1, 1, 4).equal(networks.autoencoder.encode(at::zeros({1, 3, 64, 96}))));
}

TEST(BlankPictureChannels, AreZerosForInstructPix2Pix) {
  models::StableDiffusion networks = load("micro-sd1");
  networks.config.unet.in_channels = 8;
  EXPECT_FALSE(has_mask_channels(networks.config));
  EXPECT_TRUE(blank_picture_channels(networks, {}, 128, 64).equal(at::zeros({1, 4, 16, 8})));
}

}  // namespace
}  // namespace fude::pipelines
