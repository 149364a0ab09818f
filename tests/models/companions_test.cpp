#include "models/companions.h"

#include <gtest/gtest.h>

#include <map>

#include "io/safetensors_writer.h"
#include "models/stable_diffusion.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

io::TensorFile open(const std::string& model) { return io::TensorFile::open(tests::tiny_model(model)); }

class Companions : public ::testing::Test {
 protected:
  tests::TemporaryFolder folder_;

  io::TensorFile denoiser_alone(const std::string& model) const {
    const io::TensorFile whole = open(model);
    std::map<std::string, at::Tensor> tensors;
    for (const auto& [name, record] : whole.tensors()) {
      if (name.starts_with("model.diffusion_model.")) tensors[name] = whole.tensor(name);
    }
    const std::filesystem::path path = folder_ / (model + "-unet.safetensors");
    io::write_safetensors(path, tensors, {{"modelspec.prediction_type", "v"}});
    return io::TensorFile::open(path);
  }
};

TEST_F(Companions, CompleteADenoiserThatComesAlone) {
  const io::TensorFile denoiser = denoiser_alone("micro-sd1"), whole = open("micro-sd1");
  EXPECT_TRUE(is_denoiser_alone(weights::index_of(denoiser)));
  EXPECT_FALSE(is_denoiser_alone(weights::index_of(whole)));
  const io::TensorFile together = with_companion(denoiser, whole);
  EXPECT_EQ(weights::index_of(together), weights::index_of(whole));
  EXPECT_EQ(together.name(), denoiser.name());
  const StableDiffusion model = load_stable_diffusion(together, {});
  EXPECT_EQ(model.config.facts.predicts_v, Told::kYes);
}

TEST_F(Companions, FitWhereTheTextHasTheWidthThatIsRead) {
  const auto denoiser = weights::index_of(denoiser_alone("tiny-sdxl"));
  EXPECT_TRUE(fits_denoiser(denoiser, weights::index_of(open("tiny-sdxl"))));
  EXPECT_FALSE(fits_denoiser(denoiser, weights::index_of(open("tiny-sd1"))));
  EXPECT_FALSE(fits_denoiser(denoiser, denoiser));
}

}  // namespace
}  // namespace fude::models
