#include "io/diffusers_folder.h"

#include <gmock/gmock.h>

#include <fstream>

#include "io/safetensors_writer.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::io {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

void write_tensor(const fs::path& path, const std::string& name) {
  fs::create_directories(path.parent_path());
  write_safetensors(path, {{name, at::zeros({1})}});
}

/// Which file a network's tensors came from, told by the one tensor in it.
std::string tensor_of(const DiffusersFolder::Part& part) { return part.files.front().tensors().begin()->first; }

TEST(DiffusersFolder, PrefersSafetensorsInFullPrecision) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "model_index.json") << "{}";
  write_tensor(folder / "unet" / "diffusion_pytorch_model.fp16.safetensors", "half");
  write_tensor(folder / "text_encoder" / "pytorch_model.bin", "bin");
  write_tensor(folder / "text_encoder" / "model.fp16.safetensors", "half");
  write_tensor(folder / "vae" / "diffusion_pytorch_model.safetensors", "full");
  write_tensor(folder / "vae" / "diffusion_pytorch_model.fp16.safetensors", "half");
  const DiffusersFolder opened = open_diffusers_folder(folder.path());
  ASSERT_EQ(opened.parts.size(), 3u);
  std::vector<std::string> networks, tensors;
  for (const DiffusersFolder::Part& part : opened.parts) {
    networks.push_back(part.network);
    tensors.push_back(tensor_of(part));
  }
  EXPECT_THAT(networks, ElementsAre("unet", "vae", "text_encoder"));
  EXPECT_THAT(tensors, ElementsAre("half", "full", "half"));
}

TEST(DiffusersFolder, LeavesSettingsOutThatMakeNoSense) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "model_index.json") << "{}";
  write_tensor(folder / "unet" / "diffusion_pytorch_model.safetensors", "a");
  std::ofstream(folder / "unet" / "config.json") << R"({"sample_size": -5})";
  fs::create_directories(folder / "scheduler");
  std::ofstream(folder / "scheduler" / "scheduler_config.json")
      << R"({"prediction_type": "epsilon", "rescale_betas_zero_snr": false})";
  const auto metadata = open_diffusers_folder(folder.path()).metadata;
  EXPECT_EQ(metadata, (std::map<std::string, std::string>{{"modelspec.prediction_type", "epsilon"}}));
}

TEST(DiffusersFolder, IsNotEveryFolder) {
  const tests::TemporaryFolder folder;
  EXPECT_FALSE(is_diffusers_folder(folder.path()));
  EXPECT_FALSE(is_diffusers_folder(folder / "missing"));
  EXPECT_THAT(tests::refusal(ErrorCode::kNotFound, [&] { open_diffusers_folder(folder.path()); }),
              HasSubstr("without 'model_index.json'"));
  std::ofstream(folder / "model_index.json") << "nonsense";
  EXPECT_THAT(tests::refusal(ErrorCode::kCorruptFile, [&] { open_diffusers_folder(folder.path()); }),
              HasSubstr("not a JSON object"));
}

}  // namespace
}  // namespace fude::io
