#include "pipelines/picture_channels.h"

#include <gtest/gtest.h>

#include "io/tensor_file.h"
#include "tests/support/tiny_model.h"

namespace fude::pipelines {
namespace {

PictureModel load(const std::string& name) {
  GenerationRequest request;
  request.model = tests::tiny_model(name).string();
  return load_picture_model(ModelLibrary("no-such-folder"), request, {});
}

GenerationRequest of_size(int width, int height) {
  GenerationRequest request;
  request.width = width;
  request.height = height;
  return request;
}

TEST(BlankPictureChannels, AreNoneForMostModels) {
  EXPECT_FALSE(blank_picture_channels(load("micro-sd1"), of_size(128, 128)).defined());
}

TEST(BlankPictureChannels, AreAMaskOfOneAndGreyForInpainting) {
  const PictureModel model = load("tiny-sd1-inpaint");
  EXPECT_TRUE(has_mask_channels(model.networks.config));
  const at::Tensor channels = blank_picture_channels(model, of_size(96, 64));
  ASSERT_EQ(channels.sizes(), (std::vector<int64_t>{1, 5, 8, 12}));
  EXPECT_EQ(channels.select(1, 0).min().item<float>(), 1);
  EXPECT_TRUE(channels.narrow(1, 1, 4).equal(model.networks.autoencoder.encode(at::zeros({1, 3, 64, 96}))));
}

TEST(BlankPictureChannels, AreZerosForInstructPix2Pix) {
  PictureModel model = load("micro-sd1");
  model.networks.config.unet.in_channels = 8;
  EXPECT_FALSE(has_mask_channels(model.networks.config));
  EXPECT_TRUE(blank_picture_channels(model, of_size(64, 128)).equal(at::zeros({1, 4, 16, 8})));
}

}  // namespace
}  // namespace fude::pipelines
