#include "models/adapters/adapter_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fude::models {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The one module that a pair of LoRA factors under these names makes.
std::string name_of_pair(const std::string& up, const std::string& down) {
  const AdapterLayout layout = read_adapter_layout({{up, {8, 2}}, {down, {2, 8}}});
  EXPECT_THAT(layout.strange_keys, IsEmpty()) << up;
  if (layout.modules.size() != 1) return "";
  EXPECT_EQ(layout.modules[0].family, AdapterFamily::kLora);
  EXPECT_EQ(layout.modules[0].rank, 2);
  return layout.modules[0].name;
}

TEST(AdapterLayout, UnderstandsEveryNamingOfLora) {
  struct Case {
    std::string stem, up, down, name;
  };
  const std::string unet = "unet_mid_block_attentions_0_proj_in";
  const std::vector<Case> cases = {
      {"lora_unet_mid_block_attentions_0_proj_in", ".lora_up.weight", ".lora_down.weight", unet},
      {"unet.mid_block.attentions.0.proj_in", ".lora_B.weight", ".lora_A.weight", unet},
      {"unet.mid_block.attentions.0.proj_in", ".lora.up.weight", ".lora.down.weight", unet},
      {"base_model.model.mid_block.attentions.0.proj_in", ".lora_B.weight", ".lora_A.weight", unet},
      {"base_model.model.unet.mid_block.attentions.0.proj_in", ".lora_B.default.weight", ".lora_A.default.weight",
       unet},
      {"lycoris_mid_block_attentions_0_proj_in", ".lora_up.weight", ".lora_down.weight", unet},
      {"diffusion_model.middle_block.1.proj_in", ".lora_B.weight", ".lora_A.weight", "unet_middle_block_1_proj_in"},
      {"unet.mid_block.attentions.0.transformer_blocks.0.attn1.processor.to_out", "_lora.up.weight",
       "_lora.down.weight", "unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_out_0"},
      {"lora_te_text_model_encoder_layers_0_mlp_fc1", ".lora_up.weight", ".lora_down.weight",
       "te1_text_model_encoder_layers_0_mlp_fc1"},
      {"text_encoder.text_model.encoder.layers.0.mlp.fc1", ".lora_linear_layer.up.weight",
       ".lora_linear_layer.down.weight", "te1_text_model_encoder_layers_0_mlp_fc1"},
      {"text_encoder.text_model.encoder.layers.0.self_attn.to_out", "_lora.up.weight", "_lora.down.weight",
       "te1_text_model_encoder_layers_0_self_attn_out_proj"},
      {"text_encoder_2.text_model.encoder.layers.0.self_attn.q_proj", ".lora_B.weight", ".lora_A.weight",
       "te2_text_model_encoder_layers_0_self_attn_q_proj"},
      {"lora_te2_text_model_encoder_layers_0_self_attn_q_proj", ".lora_up.weight", ".lora_down.weight",
       "te2_text_model_encoder_layers_0_self_attn_q_proj"},
  };
  for (const Case& c : cases) EXPECT_EQ(name_of_pair(c.stem + c.up, c.stem + c.down), c.name);
}

TEST(AdapterLayout, TellsFamiliesByTheirParts) {
  const auto family = [](const weights::TensorIndex& parts) {
    weights::TensorIndex index;
    for (const auto& [part, shape] : parts) index.emplace("lora_unet_x." + part, shape);
    const AdapterLayout layout = read_adapter_layout(index);
    return layout.modules.empty() ? "none" : std::string(family_name(layout.modules[0].family));
  };
  EXPECT_EQ(family({{"hada_w1_a", {}}, {"hada_w1_b", {}}, {"hada_w2_a", {}}, {"hada_w2_b", {}}}), "LoHa");
  EXPECT_EQ(family({{"lokr_w1", {}}, {"lokr_w2_a", {}}, {"lokr_w2_b", {}}}), "LoKr");
  EXPECT_EQ(family({{"weight", {}}, {"on_input", {}}}), "IA3");
  EXPECT_EQ(family({{"diff", {}}}), "full difference");
  EXPECT_EQ(family({{"w_norm", {}}, {"b_norm", {}}}), "norm difference");
  EXPECT_EQ(family({{"a1.weight", {}}, {"a2.weight", {}}, {"b1.weight", {}}, {"b2.weight", {}}}), "GLoRA");
  EXPECT_EQ(family({{"oft_blocks", {2, 4, 4}}}), "OFT");
  EXPECT_EQ(family({{"oft_blocks", {3, 2, 4, 4}}}), "BOFT");
  EXPECT_EQ(family({{"oft_diag", {2, 4, 4}}}), "OFT");
  EXPECT_EQ(family({{"lora_up.weight", {}}}), "none");
  EXPECT_EQ(family({{"hada_w1_a", {}}}), "none");
}

TEST(AdapterLayout, ListsWhatItDoesNotUnderstand) {
  const AdapterLayout layout = read_adapter_layout(
      {{"lora_unet_x.lora_up.weight", {1, 1}}, {"lora_unet_y.strange", {1}}, {"model.weight", {1}}});
  EXPECT_THAT(layout.modules, IsEmpty());
  EXPECT_THAT(layout.strange_keys, ElementsAre("lora_unet_y.strange", "model.weight", "lora_unet_x.lora_up.weight"));
}

TEST(AdapterLayout, KeepsTheFirstOfTwoNamesForOneModule) {
  const AdapterLayout layout = read_adapter_layout({{"lora_te1_x.diff", {1}}, {"lora_te_x.diff", {1}}});
  ASSERT_EQ(layout.modules.size(), 1u);
  EXPECT_THAT(layout.strange_keys, ElementsAre("lora_te_x.diff"));
}

}  // namespace
}  // namespace fude::models
