#include "pipelines/lone_denoiser.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <map>

#include "io/safetensors_writer.h"
#include "models/stable_diffusion.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"
#include "weights/state_dict.h"

namespace fude::pipelines {
namespace {

using ::testing::HasSubstr;

class LoneDenoiser : public ::testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  ModelLibrary library_{folder_.path()};

  void SetUp() override { std::filesystem::create_directories(folder_ / "Stable-diffusion"); }

  void add(const std::string& model) {
    std::filesystem::copy_file(tests::tiny_model(model), folder_ / ("Stable-diffusion/" + model + ".safetensors"));
  }

  // The U-Net of the tiny model in a file of its own.
  std::string denoiser_of(const std::string& model) const {
    const auto whole = io::TensorFile::open(tests::tiny_model(model));
    std::map<std::string, at::Tensor> tensors;
    for (const auto& [name, record] : whole.tensors()) {
      if (name.starts_with("model.diffusion_model.")) tensors[name] = whole.tensor(name);
    }
    const std::filesystem::path path = folder_ / "unet.safetensors";
    io::write_safetensors(path, tensors, {});
    return path.string();
  }

  // The same as running averages alone.
  std::string averages_of(const std::string& model) const {
    const auto whole = io::TensorFile::open(tests::tiny_model(model));
    std::map<std::string, at::Tensor> tensors;
    for (const auto& [name, record] : whole.tensors()) {
      std::string flat = name.substr(std::string_view("model.").size());
      std::erase(flat, '.');
      const bool is_unet = name.starts_with("model.diffusion_model.");
      tensors[is_unet ? "model_ema." + flat : name] = whole.tensor(name);
    }
    tensors["model_ema.num_updates"] = at::zeros({}, at::kInt);
    const std::filesystem::path path = folder_ / "averages.safetensors";
    io::write_safetensors(path, tensors, {});
    return path.string();
  }

  NamedFile complete(const std::string& path, const std::string& companion = "") const {
    return with_text_and_autoencoder(library_, library_.open_checkpoint(path), companion).checkpoint;
  }
};

TEST_F(LoneDenoiser, TakesTheFirstCheckpointThatFits) {
  add("tiny-sd1");
  add("tiny-sdxl");
  const NamedFile whole = complete(denoiser_of("tiny-sdxl"));
  EXPECT_EQ(weights::index_of(whole.file), weights::index_of(io::TensorFile::open(tests::tiny_model("tiny-sdxl"))));
  EXPECT_EQ(whole.name, "unet");
  EXPECT_EQ(models::load_stable_diffusion(whole.file, {}).text_encoders.size(), 2u);
}

TEST_F(LoneDenoiser, TakesTheCheckpointThatIsNamed) {
  const NamedFile whole = complete(denoiser_of("tiny-sd2v"), tests::tiny_model("tiny-sd2v").string());
  EXPECT_EQ(models::load_stable_diffusion(whole.file, {}).text_encoders.size(), 1u);
}

TEST_F(LoneDenoiser, SaysWhatIsMissingWhereNothingFits) {
  add("tiny-sd1");
  const std::string path = denoiser_of("tiny-sdxl");
  EXPECT_THAT(tests::refusal(ErrorCode::kUnsupportedModel, [&] { complete(path); }), HasSubstr("--text-encoder"));
}

TEST_F(LoneDenoiser, LeavesAWholeCheckpointAlone) {
  const NamedFile whole = complete(tests::tiny_model("micro-sd1").string());
  EXPECT_EQ(whole.file.name(), tests::tiny_model("micro-sd1").string());
}

TEST_F(LoneDenoiser, OfRunningAveragesIsReadUnderItsOwnNames) {
  const NamedFile averaged = library_.open_checkpoint(averages_of("micro-sd1"));
  const auto whole = io::TensorFile::open(tests::tiny_model("micro-sd1"));
  const std::string name = "model.diffusion_model.input_blocks.1.0.in_layers.2.weight";
  EXPECT_TRUE(averaged.file.tensor(name).equal(whole.tensor(name)));
  models::load_stable_diffusion(averaged.file, {});
}

}  // namespace
}  // namespace fude::pipelines
