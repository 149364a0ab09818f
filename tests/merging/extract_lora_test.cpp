#include "merging/extract_lora.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "io/safetensors_writer.h"
#include "merging/apply_adapters.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::merging {
namespace {

using testing::HasSubstr;

class ExtractLora : public testing::Test {
 protected:
  Parent with_lora(const Parent& base, const io::TensorFile& lora, const std::string& name) {
    const auto path = folder_ / (name + ".safetensors");
    apply_adapters(base, {{.name = "lora", .adapter = std::make_shared<const models::Adapter>(lora, name)}},
                   StorageType::kFloat, path);
    return Parent::open(path);
  }

  io::TensorFile saved(const LoraTensors& lora) {
    save_lora(folder_ / "lora.safetensors", lora);
    return io::TensorFile::open(folder_ / "lora.safetensors");
  }

  std::string refusal(const Parent& tuned, const Parent& base) {
    try {
      extract_lora(tuned, base, {});
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }

  tests::TemporaryFolder folder_;
};

// A model is tuned by a LoRA of known rank; the one that is extracted must do the same to the base.
TEST_F(ExtractLora, FindsADifferenceOfLowRankAgain) {
  for (const auto& [model, adapter] :
       {std::pair("tiny-sd1", "loras/locon.safetensors"), std::pair("tiny-sdxl", "loras/sdxl.safetensors")}) {
    const Parent base = Parent::open(tests::tiny_model(model));
    const Parent tuned = with_lora(base, tests::golden_tensors(adapter), "tuned");
    const ExtractOptions options{
        .linear = {.most = 16}, .conv = RankRule{.most = 16}, .least_text_difference = 0, .type = StorageType::kFloat};
    const io::TensorFile lora = saved(extract_lora(tuned, base, options));
    const Parent again = with_lora(base, lora, "again");
    std::size_t changed = 0;
    for (const auto& [name, record] : tuned.file.tensors()) {
      if (name == "model.diffusion_model.input_blocks.0.0.weight") continue;  // not among those extracted
      const at::Tensor expected = tuned.file.tensor(name);
      EXPECT_TRUE(again.file.tensor(name).allclose(expected, 1e-4, 1e-4)) << model << " " << name;
      changed += base.file.tensor(name).to(expected.scalar_type()).equal(expected) ? 0 : 1;
    }
    EXPECT_GT(changed, 5u);
  }
}

TEST_F(ExtractLora, NamesLayersAndMetadataAsKohyaDoes) {
  const Parent base = Parent::open(tests::tiny_model("tiny-sd1"));
  const Parent tuned = with_lora(base, tests::golden_tensors("loras/lora.safetensors"), "tuned");
  const LoraTensors lora = extract_lora(tuned, base, {.linear = {.most = 2}, .least_text_difference = 0});
  for (const auto& [name, tensor] : lora.tensors) {
    EXPECT_TRUE(name.starts_with("lora_unet_down_blocks_") || name.starts_with("lora_unet_mid_block_") ||
                name.starts_with("lora_unet_up_blocks_") || name.starts_with("lora_te_text_model_encoder_layers_"))
        << name;
  }
  EXPECT_EQ(lora.metadata.at("ss_base_model_version"), "sd_v1");
  EXPECT_EQ(lora.metadata.at("ss_network_module"), "networks.lora");
  EXPECT_EQ(lora.metadata.at("ss_network_dim"), "2");
  EXPECT_EQ(lora.metadata.at("ss_network_alpha"), "2");
  EXPECT_EQ(lora.metadata.at("modelspec.merged_from"), "tuned, " + base.name);
}

TEST_F(ExtractLora, LeavesOutATextEncoderThatHardlyChanged) {
  const Parent base = Parent::open(tests::tiny_model("tiny-sd1"));
  const Parent tuned = with_lora(base, tests::golden_tensors("loras/lora.safetensors"), "tuned");
  const LoraTensors lora = extract_lora(tuned, base, {.least_text_difference = 1e6});
  EXPECT_FALSE(lora.tensors.empty());
  for (const auto& [name, tensor] : lora.tensors) EXPECT_TRUE(name.starts_with("lora_unet_")) << name;
}

TEST_F(ExtractLora, RefusesModelsThatCannotBeCompared) {
  const Parent base = Parent::open(tests::tiny_model("tiny-sd1"));
  EXPECT_THAT(refusal(base, base), HasSubstr("are alike"));
  EXPECT_THAT(refusal(base, Parent::open(tests::tiny_model("tiny-sdxl"))), HasSubstr("expected models of one kind"));
  io::write_safetensors(folder_ / "x.safetensors", {{"x", at::ones({2, 2})}});
  EXPECT_THAT(refusal(Parent::open(folder_ / "x.safetensors"), base), HasSubstr("no weights that a LoRA changes"));
}

}  // namespace
}  // namespace fude::merging
