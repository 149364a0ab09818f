#include "tests/support/model_layouts.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "io/safetensors_writer.h"
#include "models/companions.h"
#include "models/stable_diffusion.h"
#include "tests/support/model_relatives.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"
#include "weights/model_files.h"
#include "weights/state_dict.h"

/// Every family, however it is kept, gives the numbers of its checkpoint.
namespace fude::models {
namespace {

namespace fs = std::filesystem;
using tests::ModelLayout;

/// What each of a model's networks makes of some input.
std::vector<at::Tensor> numbers(const io::TensorFile& file) {
  const StableDiffusion model = load_stable_diffusion(file, {});
  std::vector<at::Tensor> all;
  for (const TextEncoder& encoder : model.text_encoders) {
    const at::Tensor ids = at::arange(1, 9).view({1, 8}) * 100;
    const ClipOutput output = encoder.network.read(ids, encoder.config.reading);
    all.push_back(output.states);
    if (output.pooled.defined()) all.push_back(output.pooled);
  }
  const auto wave = [](at::IntArrayRef shape) { return at::arange(c10::multiply_integers(shape)).sin().view(shape); };
  const UNetConfig& unet = model.config.unet;
  all.push_back(model.unet.forward(wave({1, unet.in_channels, 8, 8}), at::full({1}, 500),
                                   wave({1, 8, unet.context_dim}),
                                   unet.vector_dim > 0 ? wave({1, unet.vector_dim}) : at::Tensor()));
  all.push_back(model.autoencoder.decode(wave({1, model.config.autoencoder.embed_dim, 4, 4})));
  all.push_back(model.autoencoder.encode(wave({1, 3, 32, 32})));
  return all;
}

class ModelLayoutsOf : public ::testing::TestWithParam<const char*> {
 protected:
  tests::TemporaryFolder folder_;
  fs::path checkpoint_;
  std::vector<at::Tensor> expected_;

  void SetUp() override {
    checkpoint_ = checkpoint_of(GetParam());
    expected_ = numbers(weights::open_model(checkpoint_));
  }

  fs::path checkpoint_of(const std::string& family) const {
    if (family.starts_with("tiny-")) return tests::tiny_model(family);
    const fs::path path = folder_ / (family + ".safetensors");
    io::write_safetensors(path, family == "refiner" ? tests::tiny_refiner() : tests::tiny_pix2pix());
    return path;
  }

  void expect_same_numbers(const io::TensorFile& file) const {
    const std::vector<at::Tensor> actual = numbers(file);
    ASSERT_EQ(actual.size(), expected_.size());
    for (std::size_t i = 0; i < actual.size(); ++i) {
      EXPECT_TRUE(at::allclose(actual[i], expected_[i], 1e-5, 1e-6)) << "output " << i;
    }
  }
};

TEST_P(ModelLayoutsOf, GiveTheSameNumbers) {
  for (const ModelLayout layout :
       {ModelLayout::kSafetensors, ModelLayout::kZipCheckpoint, ModelLayout::kLegacyCheckpoint,
        ModelLayout::kDiffusersFolder, ModelLayout::kAverages, ModelLayout::kGguf}) {
    const fs::path path = tests::write_layout(layout, checkpoint_, folder_.path());
    SCOPED_TRACE(path.string());
    expect_same_numbers(weights::open_model(path));
  }
}

TEST_P(ModelLayoutsOf, OfAUNetAloneTakeTheRestFromACheckpoint) {
  const io::TensorFile whole = weights::open_model(checkpoint_);
  for (const bool as_gguf : {false, true}) {
    const fs::path path = tests::write_bare_unet(checkpoint_, folder_.path(), as_gguf);
    SCOPED_TRACE(path.string());
    const io::TensorFile unet = weights::open_model(path);
    EXPECT_TRUE(is_denoiser_alone(weights::index_of(unet)));
    EXPECT_TRUE(fits_denoiser(weights::index_of(unet), weights::index_of(whole)));
    expect_same_numbers(with_companion(unet, whole));
  }
}

INSTANTIATE_TEST_SUITE_P(Families, ModelLayoutsOf,
                         ::testing::Values("tiny-sd1", "tiny-sd1-inpaint", "pix2pix", "tiny-sd2v", "tiny-sdxl",
                                           "refiner"));

}  // namespace
}  // namespace fude::models
