#include "pipelines/model_list.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "tests/support/diffusers_writer.h"
#include "tests/support/golden.h"
#include "tests/support/models_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ModelList : public ::testing::Test {
 protected:
  tests::ModelsFolder folder_;
  fs::path models_ = folder_.models();

  void add(const fs::path& from, const std::string& place) const { folder_.add(from, place); }
  ListedModel found(const std::string& name) const {
    const auto all = list_models(ModelLibrary(models_));
    const auto model = std::ranges::find(all, name, &ListedModel::name);
    if (model != all.end()) return *model;
    ADD_FAILURE() << name << " is not listed";
    return {};
  }
};

TEST_F(ModelList, HasTheEmbeddedModelWithoutAnyFolder) {
  const auto all = list_models(ModelLibrary(models_));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].name, "Hajime");
  EXPECT_EQ(all[0].family, "Stable Diffusion 1.x checkpoint");
  EXPECT_GT(all[0].byte_count, 1000000u);
}

TEST_F(ModelList, TellsWhatFilesAre) {
  add(tests::tiny_model("tiny-sdxl"), "Stable-diffusion/絵/大きい.safetensors");
  tests::write_diffusers_folder(tests::tiny_model("tiny-sd2v"), models_ / "Stable-diffusion" / "second");
  add(tests::golden_path("models/micro-vae.ckpt"), "VAE/soft.ckpt");
  add(tests::golden_path("models/micro-vae.ckpt"), "Stable-diffusion/own.vae.ckpt");
  add(tests::golden_path("loras/locon.safetensors"), "LyCORIS/line.safetensors");
  add(tests::golden_path("embeddings/xl_emb.safetensors"), "embeddings/word.safetensors");
  EXPECT_EQ(found("大きい").family, "SDXL checkpoint");
  EXPECT_EQ(found("second").family, "Stable Diffusion 2.x checkpoint");
  EXPECT_EQ(found("soft").use, ModelUse::kAutoencoder);
  EXPECT_EQ(found("own.vae").use, ModelUse::kAutoencoder);
  EXPECT_THAT(found("line").family, HasSubstr("LoRA of rank"));
  EXPECT_THAT(found("word").family, HasSubstr("textual inversion for SDXL"));
  for (const ListedModel& model : list_models(ModelLibrary(models_))) EXPECT_EQ(model.problem, "") << model.name;
}

TEST_F(ModelList, SaysWhatIsWrongWithAFile) {
  add(tests::golden_path("loras/locon.safetensors"), "Stable-diffusion/misplaced.safetensors");
  add(tests::tiny_model("micro-sd1"), "Lora/large.safetensors");
  add(tests::tiny_model("micro-sd1"), "VAE/whole.safetensors");
  add(tests::golden_path("loras/locon.safetensors"), "hypernetworks/none.safetensors");
  fs::create_directories(models_ / "embeddings");
  std::ofstream(models_ / "embeddings" / "broken.pt") << "no tensors";
  EXPECT_THAT(found("misplaced").problem, HasSubstr("is a LoRA, expected a Stable Diffusion checkpoint"));
  EXPECT_THAT(found("large").problem, HasSubstr("is a Stable Diffusion 1.x checkpoint, expected a LoRA"));
  EXPECT_THAT(found("whole").problem, HasSubstr("expected an autoencoder"));
  EXPECT_NE(found("none").problem, "");
  EXPECT_NE(found("broken").problem, "");
}

}  // namespace
}  // namespace fude::pipelines
