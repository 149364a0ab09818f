#include <gmock/gmock.h>

#include <filesystem>

#include "apps/fude/command.h"
#include "core/error.h"
#include "io/safetensors_writer.h"
#include "io/tensor_file.h"
#include "tests/apps/command_output.h"
#include "tests/support/temporary_folder.h"

namespace fude::apps {
namespace {

constexpr const char* kWeight = "model.diffusion_model.middle_block.1.proj_in.weight";
constexpr const char* kUp = "lora_unet_mid_block_attentions_0_proj_in.lora_up.weight";
constexpr const char* kDown = "lora_unet_mid_block_attentions_0_proj_in.lora_down.weight";

class LoraCommand : public testing::Test {
 protected:
  LoraCommand() {
    std::filesystem::create_directories(folder_ / "models/Stable-diffusion");
    std::filesystem::create_directories(folder_ / "models/Lora");
    io::write_safetensors(folder_ / "models/Stable-diffusion/base.safetensors", {{kWeight, at::zeros({4, 4})}});
    io::write_safetensors(folder_ / "models/Lora/絵柄.safetensors",
                          {{kUp, at::ones({4, 2})}, {kDown, at::ones({2, 4})}});
  }

  std::string lora(std::vector<std::string> words) {
    words.insert(words.begin(), "lora");
    words.insert(words.end(), {"--data-dir", folder_.path().string(), "--out", out_});
    return tests::output_of(add_lora_command, std::move(words));
  }

  at::Tensor result(const std::string& name) const { return io::TensorFile::open(out_).tensor(name); }

  tests::TemporaryFolder folder_;
  std::string out_ = folder_ / "out.safetensors";
};

TEST_F(LoraCommand, AppliesWithStrengthsAndExtractsAgain) {
  EXPECT_EQ(lora({"apply", "--model", "base", "--lora", "絵柄:1:0.5"}), out_ + "\n");
  EXPECT_TRUE(result(kWeight).equal(at::ones({4, 4})));  // 2 ranks of 1, half as strong
  const std::string tuned = folder_ / "tuned.safetensors";
  std::filesystem::rename(out_, tuned);
  lora({"extract", tuned, "base", "--rank", "1", "--dtype", "fp32"});
  EXPECT_TRUE(at::mm(result(kUp), result(kDown)).allclose(at::ones({4, 4}), 1e-5, 1e-5));
}

TEST_F(LoraCommand, ResizesAndMerges) {
  lora({"resize", "絵柄", "--rank", "1"});
  EXPECT_EQ(result(kDown).size(0), 1);
  EXPECT_THROW(lora({"merge", "絵柄:2", "絵柄:0.5:-1"}), Error);  // the file exists
  lora({"merge", "絵柄:2", "絵柄:0.5:-1", "--force"});
  EXPECT_TRUE(at::mm(result(kUp), result(kDown)).allclose(at::full({4, 4}, 2.0), 1e-5, 1e-5));
  lora({"merge", "絵柄", "絵柄", "--rank", "4", "--dynamic", "sv_fro=0.5", "--force"});
  EXPECT_LE(result(kDown).size(0), 2);
}

TEST_F(LoraCommand, RefusesWhatMakesNoSense) {
  EXPECT_THROW(lora({}), CLI::ParseError);
  EXPECT_THROW(lora({"resize", "絵柄"}), CLI::ParseError);
  EXPECT_THROW(lora({"resize", "絵柄", "--rank", "0"}), CLI::ParseError);
  EXPECT_THROW(lora({"resize", "gone", "--rank", "2"}), Error);
  EXPECT_THROW(lora({"resize", "絵柄", "--rank", "2", "--dynamic", "best"}), Error);
  EXPECT_THROW(lora({"resize", "絵柄", "--rank", "2", "--dtype", "fp8"}), Error);
  EXPECT_THROW(lora({"merge", "絵柄", "--dynamic", "sv_fro=0.9"}), Error);
  EXPECT_THROW(lora({"extract", "base", "base"}), Error);
  EXPECT_THROW(lora({"apply", "--model", "base", "--lora", "絵柄:x"}), Error);
  EXPECT_FALSE(std::filesystem::exists(out_));
}

}  // namespace
}  // namespace fude::apps
