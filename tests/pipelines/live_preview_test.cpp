#include "pipelines/live_preview.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "io/images/png_file.h"
#include "io/safetensors_writer.h"
#include "models/autoencoders/latent_preview.h"
#include "pipelines/picture_coding.h"
#include "pipelines/text_to_image.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_autoencoder_weights.h"
#include "tests/support/tiny_model.h"

namespace fude::pipelines {
namespace {

class LivePreview : public ::testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  ModelLibrary library_{folder_.path()};
  GenerationRequest request_;
  at::Tensor latents_ = at::linspace(-2, 2, 2 * 4 * 8 * 6).view({2, 4, 8, 6});

  LivePreview() { request_.model = tests::tiny_model("micro-sd1").string(); }

  /// A tiny autoencoder's file by this name, and the network itself.
  models::TinyAutoencoder add_tiny(const std::string& name) const {
    tests::TinyAutoencoderWeights weights;
    models::TinyAutoencoderConfig config;
    config.first_layer = 1;
    models::TinyAutoencoder tiny(weights::WeightView(weights), config);
    std::filesystem::create_directories(folder_ / "VAE-approx");
    io::write_safetensors(folder_ / "VAE-approx" / name, weights.tensors(), {});
    return tiny;
  }

  io::Image preview() const {
    const PictureModel model = load_picture_model(library_, request_, {});
    preview_writer(library_, model, folder_ / "look.png")(latents_);
    return io::read_png(folder_ / "look.png");
  }
};

TEST_F(LivePreview, IsAPixelForACellWithoutATinyAutoencoder) {
  const io::Image image = preview();
  EXPECT_EQ(image.width, 6);
  EXPECT_EQ(image.height, 8);
  const PictureModel model = load_picture_model(library_, request_, {});
  const models::LatentColours colours = models::fitted_colours(model.networks.autoencoder);  // it is a small one
  EXPECT_EQ(image.pixels, to_image(models::preview_of(latents_.narrow(0, 0, 1), colours)).pixels);
}

TEST_F(LivePreview, IsDrawnByTheTinyAutoencoderThatIsThere) {
  add_tiny("taesdxl_decoder.safetensors");
  EXPECT_EQ(preview().width, 6) << "that one is for SDXL";
  const models::TinyAutoencoder tiny = add_tiny("taesd_decoder.safetensors");
  const io::Image image = preview();
  EXPECT_EQ(image.width, 48);
  EXPECT_EQ(image.pixels, to_image(tiny.decode(latents_.narrow(0, 0, 1))).pixels);
}

TEST_F(LivePreview, IsShownAtEveryStep) {
  request_.prompt = "a cat";
  request_.seed = request_.subseed = 1;
  request_.steps = 3;
  request_.sampler = "Euler";
  request_.width = request_.height = 64;
  PictureModel model = load_picture_model(library_, request_, {});
  int looks = 0;
  TextToImageEvents events;
  events.on_denoised = [&](const at::Tensor& denoised) {
    ++looks;
    EXPECT_EQ(denoised.sizes(), (std::vector<int64_t>{1, 4, 8, 8}));
  };
  text_to_image(model, request_, events);
  EXPECT_EQ(looks, 3);
}

}  // namespace
}  // namespace fude::pipelines
