#include "models/stable_diffusion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "core/error.h"
#include "io/safetensors_writer.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::models {
namespace {

using ::testing::HasSubstr;

class ChangedCheckpoint : public ::testing::Test {
 protected:
  std::map<std::string, at::Tensor> tensors_;
  tests::TemporaryFolder folder_;

  void SetUp() override {
    const auto file = io::TensorFile::open(tests::tiny_model("micro-sd1"));
    for (const auto& [name, record] : file.tensors()) tensors_[name] = file.tensor(name);
  }

  std::string refusal() {
    const std::filesystem::path path = folder_.path() / "changed.safetensors";
    io::write_safetensors(path, tensors_, {});
    try {
      load_stable_diffusion(io::TensorFile::open(path), {});
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }
};

TEST_F(ChangedCheckpoint, LoadsUnchanged) { EXPECT_EQ(refusal(), "accepted"); }

TEST_F(ChangedCheckpoint, IsRefusedWhenATensorIsMissing) {
  tensors_.erase("model.diffusion_model.input_blocks.1.0.in_layers.2.bias");
  EXPECT_THAT(refusal(), HasSubstr("tensor 'model.diffusion_model.input_blocks.1.0.in_layers.2.bias' is missing"));
}

TEST_F(ChangedCheckpoint, IsRefusedWhenAShapeDiffers) {
  auto& bias = tensors_["model.diffusion_model.out.2.bias"];
  bias = at::zeros({bias.size(0) + 1}, bias.options());
  EXPECT_THAT(refusal(), HasSubstr("has shape [5], expected [4]"));
}

TEST_F(ChangedCheckpoint, IsRefusedWhenATensorHasNoPlace) {
  tensors_["model.diffusion_model.time_embed.4.weight"] = at::zeros({4});
  EXPECT_THAT(refusal(), HasSubstr("'model.diffusion_model.time_embed.4.weight' has no place"));
}

TEST_F(ChangedCheckpoint, IsRefusedWhenTextAndUNetDoNotFit) {
  auto& key = tensors_["model.diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.weight"];
  key = at::zeros({key.size(0), key.size(1) + 8}, key.options());
  EXPECT_THAT(refusal(), HasSubstr("expects text 16 wide, but the text encoder is 8 wide"));
}

}  // namespace
}  // namespace fude::models
