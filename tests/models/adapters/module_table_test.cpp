#include "models/adapters/module_table.h"

#include <gtest/gtest.h>

#include "io/tensor_file.h"
#include "tests/support/tiny_model.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

ModuleTable table_of(const std::string& model) {
  return ModuleTable(weights::index_of(io::TensorFile::open(tests::tiny_model(model))));
}

struct Alias {
  std::string name, weight, block;
};

void expect_aliases(const ModuleTable& table, const std::vector<Alias>& aliases) {
  for (const Alias& alias : aliases) {
    const ModuleTarget* target = table.find(alias.name);
    ASSERT_NE(target, nullptr) << alias.name;
    EXPECT_EQ(target->weight, alias.weight + ".weight");
    EXPECT_EQ(target->block, alias.block);
  }
}

TEST(ModuleTable, KnowsStableDiffusion1ByDiffusersNames) {
  const std::string unet = "model.diffusion_model.";
  expect_aliases(table_of("tiny-sd1"),
                 {{"unet_conv_in", unet + "input_blocks.0.0", "IN00"},
                  {"unet_down_blocks_0_resnets_1_conv2", unet + "input_blocks.2.0.out_layers.3", "IN02"},
                  {"unet_down_blocks_0_downsamplers_0_conv", unet + "input_blocks.3.0.op", "IN03"},
                  {"unet_down_blocks_1_attentions_0_proj_in", unet + "input_blocks.4.1.proj_in", "IN04"},
                  {"unet_down_blocks_3_resnets_1_time_emb_proj", unet + "input_blocks.11.0.emb_layers.1", "IN11"},
                  {"unet_mid_block_resnets_1_norm1", unet + "middle_block.2.in_layers.0", "M00"},
                  {"unet_mid_block_attentions_0_transformer_blocks_0_ff_net_2",
                   unet + "middle_block.1.transformer_blocks.0.ff.net.2", "M00"},
                  {"unet_up_blocks_0_upsamplers_0_conv", unet + "output_blocks.2.1.conv", "OUT02"},
                  {"unet_up_blocks_1_attentions_0_transformer_blocks_0_attn2_to_out_0",
                   unet + "output_blocks.3.1.transformer_blocks.0.attn2.to_out.0", "OUT03"},
                  {"unet_up_blocks_2_upsamplers_0_conv", unet + "output_blocks.8.2.conv", "OUT08"},
                  {"unet_up_blocks_3_resnets_2_conv_shortcut", unet + "output_blocks.11.0.skip_connection", "OUT11"},
                  {"unet_time_embedding_linear_2", unet + "time_embed.2", ""},
                  {"unet_conv_out", unet + "out.2", ""},
                  {"unet_input_blocks_4_1_proj_in", unet + "input_blocks.4.1.proj_in", "IN04"},
                  {"te1_text_model_encoder_layers_3_mlp_fc1",
                   "cond_stage_model.transformer.text_model.encoder.layers.3.mlp.fc1", "BASE"}});
}

TEST(ModuleTable, KnowsSdxlByBothNamings) {
  const std::string unet = "model.diffusion_model.", large = "conditioner.embedders.1.model.transformer.resblocks.1.";
  expect_aliases(table_of("tiny-sdxl"),
                 {{"unet_down_blocks_2_attentions_1_proj_out", unet + "input_blocks.8.1.proj_out", "IN08"},
                  {"unet_input_blocks_8_1_proj_out", unet + "input_blocks.8.1.proj_out", "IN08"},
                  {"unet_up_blocks_0_upsamplers_0_conv", unet + "output_blocks.2.2.conv", "OUT02"},
                  {"unet_up_blocks_2_resnets_2_conv1", unet + "output_blocks.8.0.in_layers.2", "OUT08"},
                  {"unet_add_embedding_linear_1", unet + "label_emb.0.0", ""},
                  {"te1_text_model_encoder_layers_0_self_attn_q_proj",
                   "conditioner.embedders.0.transformer.text_model.encoder.layers.0.self_attn.q_proj", "BASE"},
                  {"te2_text_model_encoder_layers_1_mlp_fc2", large + "mlp.c_proj", "BASE"},
                  {"te2_text_model_encoder_layers_1_self_attn_out_proj", large + "attn.out_proj", "BASE"}});
}

TEST(ModuleTable, FindsTheRowsOfFusedProjections) {
  const ModuleTable table = table_of("tiny-sd2v");
  const ModuleTarget* value = table.find("te1_text_model_encoder_layers_2_self_attn_v_proj");
  ASSERT_NE(value, nullptr);
  EXPECT_EQ(value->weight, "cond_stage_model.model.transformer.resblocks.2.attn.in_proj_weight");
  EXPECT_EQ(value->bias, "cond_stage_model.model.transformer.resblocks.2.attn.in_proj_bias");
  EXPECT_EQ(value->first_row, 2 * 192);
  EXPECT_EQ(value->row_count, 192);
}

TEST(ModuleTable, IsEmptyForAFileWithoutANetwork) {
  const ModuleTable table(weights::TensorIndex{{"first_stage_model.decoder.conv_in.weight", {1}}});
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.find("unet_conv_in"), nullptr);
}

TEST(ModuleTable, PassesOverNamesThatAreNothingButTheirEnds) {
  const ModuleTable table({{"model.diffusion_model.weight", {2, 2}},
                           {"cond_stage_model.transformer.text_model.weight", {2, 2}},
                           {"model.diffusion_model..weight", {2, 2}}});
  EXPECT_EQ(table.find("unet_weight"), nullptr);
  EXPECT_EQ(table.find("te1_text_model.weight"), nullptr);
}

}  // namespace
}  // namespace fude::models
