#include "weights/diffusers_names.h"

#include <gmock/gmock.h>

#include <set>

#include "io/tensor_file.h"
#include "tests/support/diffusers_writer.h"
#include "tests/support/tiny_model.h"
#include "weights/state_dict.h"

namespace fude::weights {
namespace {

class DiffusersNamesOf : public ::testing::TestWithParam<const char*> {};

TEST_P(DiffusersNamesOf, MapTheWholeKeySetOneToOne) {
  const io::TensorFile file = io::TensorFile::open(tests::tiny_model(GetParam()));
  const TensorIndex checkpoint = index_of(file);
  std::set<std::string> reached;
  for (const auto& [network, pairs] : tests::diffusers_names(file)) {
    TensorIndex index;
    for (const auto& [theirs, ours] : pairs) index.emplace(theirs, checkpoint.at(ours));
    const DiffusersUNetNames unet(index);
    const DiffusersAutoencoderNames autoencoder(index);
    for (const auto& [theirs, ours] : pairs) {
      const auto found = network == "unet" ? unet.original(theirs) : autoencoder.original(theirs);
      ASSERT_TRUE(found.has_value()) << theirs;
      const std::string name = (network == "unet" ? "model.diffusion_model." : "first_stage_model.") + *found;
      EXPECT_EQ(name, ours) << theirs;
      EXPECT_TRUE(reached.insert(name).second) << name << " is reached twice";
    }
  }
  for (const auto& [name, shape] : checkpoint) {
    if (name.starts_with("model.diffusion_model.") || name.starts_with("first_stage_model.")) {
      EXPECT_TRUE(reached.contains(name)) << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Families, DiffusersNamesOf,
                         ::testing::Values("micro-sd1", "tiny-sd1-inpaint", "tiny-sd2v", "tiny-sdxl"));

TEST(DiffusersNames, FollowTheBlocksOfSdxl) {
  // Three blocks, the first without attention; ten transformers deep at the bottom.
  TensorIndex index;
  for (const char* name : {"down_blocks.0.resnets.0.conv1.weight", "down_blocks.0.resnets.1.conv1.weight",
                           "down_blocks.1.resnets.0.conv1.weight", "down_blocks.1.resnets.1.conv1.weight",
                           "down_blocks.1.attentions.0.norm.weight", "down_blocks.2.resnets.0.conv1.weight",
                           "down_blocks.2.resnets.1.conv1.weight", "up_blocks.0.resnets.0.conv1.weight",
                           "up_blocks.0.resnets.1.conv1.weight", "up_blocks.0.resnets.2.conv1.weight",
                           "up_blocks.0.attentions.0.norm.weight", "up_blocks.1.resnets.0.conv1.weight"}) {
    index.emplace(name, std::vector<int64_t>{1});
  }
  const DiffusersUNetNames names(index);
  EXPECT_EQ(names.original("down_blocks.2.attentions.1.transformer_blocks.9.ff.net.2.bias"),
            "input_blocks.8.1.transformer_blocks.9.ff.net.2.bias");
  EXPECT_EQ(names.original("down_blocks.1.downsamplers.0.conv.bias"), "input_blocks.6.0.op.bias");
  EXPECT_EQ(names.original("up_blocks.0.upsamplers.0.conv.weight"), "output_blocks.2.2.conv.weight");
  EXPECT_EQ(names.original("up_blocks.1.resnets.0.conv_shortcut.bias"), "output_blocks.3.0.skip_connection.bias");
  EXPECT_EQ(names.original("add_embedding.linear_2.weight"), "label_emb.0.2.weight");
}

TEST(DiffusersNames, KnowTheOlderAttention) {
  const DiffusersAutoencoderNames names({{"decoder.up_blocks.0.resnets.0.conv1.weight", {1}}});
  EXPECT_EQ(names.original("encoder.mid_block.attentions.0.query.weight"), "encoder.mid.attn_1.q.weight");
  EXPECT_EQ(names.original("decoder.mid_block.attentions.0.proj_attn.bias"), "decoder.mid.attn_1.proj_out.bias");
}

TEST(DiffusersNames, AreAbsentForWhatNoStableDiffusionHas) {
  const DiffusersUNetNames unet({{"down_blocks.0.resnets.0.conv1.weight", {1}}});
  for (const char* name : {"", "down_blocks", "down_blocks.", "down_blocks.0", "down_blocks.9.resnets.0.conv1.weight",
                           "down_blocks.99999999999999999999.resnets.0.conv1.weight", "down_blocks.0.resnets.x.conv1.b",
                           "down_blocks.-1.resnets.0.conv1.weight", "down_blocks.0.motion_modules.0.proj.weight",
                           "mid_block.resnets.2.conv1.weight", "up_blocks.0.resnets.0.conv1.weight",
                           "encoder_hid_proj.weight", "down_blocks.0.downsamplers.1.conv.weight"}) {
    EXPECT_EQ(unet.original(name), std::nullopt) << name;
  }
  const DiffusersAutoencoderNames autoencoder({});
  EXPECT_EQ(autoencoder.original("decoder.up_blocks.0.resnets.0.conv1.weight"), std::nullopt);
  EXPECT_EQ(autoencoder.original("quant_conv.weight"), "quant_conv.weight");
}

}  // namespace
}  // namespace fude::weights
