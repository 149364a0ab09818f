#include "merging/block_weights.h"

#include <gmock/gmock.h>

#include "core/error.h"

namespace fude::merging {
namespace {

constexpr BlockLayout kSd1{.side = 12};
constexpr BlockLayout kSdxl{.side = 9};

std::string name_of(std::string_view tensor, BlockLayout layout = kSd1) {
  return block_name(block_of("model.diffusion_model." + std::string(tensor), layout), layout);
}

std::string numbers(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += fmt::format("{}{}", i == 0 ? "" : ", ", i);
  return text;
}

TEST(BlockOf, FollowsTheUNet) {
  EXPECT_EQ(name_of("input_blocks.0.0.weight"), "IN00");
  EXPECT_EQ(name_of("input_blocks.11.0.in_layers.0.weight"), "IN11");
  EXPECT_EQ(name_of("middle_block.1.norm.weight"), "M00");
  EXPECT_EQ(name_of("output_blocks.3.1.proj_in.weight"), "OUT03");
  EXPECT_EQ(name_of("time_embed.0.weight"), "IN00");
  EXPECT_EQ(name_of("out.2.weight"), "OUT11");
  EXPECT_EQ(name_of("out.2.weight", kSdxl), "OUT08");
  EXPECT_EQ(name_of("label_emb.0.0.weight", kSdxl), "IN00");
  EXPECT_EQ(block_of("first_stage_model.decoder.conv_in.weight", kSd1), kBase);
  EXPECT_EQ(block_of("cond_stage_model.transformer.x", kSdxl), kBase);
}

TEST(BlockWeights, ReadsListsWithAndWithoutBase) {
  const BlockWeights with_base = BlockWeights::parse(numbers(26), 0.5, kSd1);
  EXPECT_EQ(with_base[kBase], 0);
  EXPECT_EQ(with_base[1], 1);
  EXPECT_EQ(with_base[25], 25);
  const BlockWeights without_base = BlockWeights::parse(numbers(25), 0.5, kSd1);
  EXPECT_EQ(without_base[kBase], 0.5);
  EXPECT_EQ(without_base[1], 0);
  EXPECT_EQ(BlockWeights::parse(numbers(20), 0.5, kSdxl)[19], 19);
  EXPECT_EQ(BlockWeights::parse(numbers(19), 0.5, kSdxl)[19], 18);
  EXPECT_EQ(BlockWeights::parse(without_base.text(), 9, kSd1).text(), without_base.text());
}

TEST(BlockWeights, LeavesOutWhatSdxlDoesNotHave) {
  const BlockWeights weights = BlockWeights::parse(numbers(26), 0.5, kSdxl);
  EXPECT_EQ(weights[kBase], 0);
  EXPECT_EQ(weights[9], 9);    // IN08
  EXPECT_EQ(weights[10], 13);  // M00
  EXPECT_EQ(weights[11], 14);  // OUT00
  EXPECT_EQ(weights[19], 22);  // OUT08
}

// Numbers of the extension's table of presets.
TEST(BlockWeights, KnowsPresets) {
  const auto at = [](const char* preset, std::size_t block) {
    return BlockWeights::parse(preset, 0.7, kSd1)[block + 1];
  };
  EXPECT_EQ(BlockWeights::parse("GRAD_V", 0.7, kSd1)[kBase], 0.7);
  EXPECT_NEAR(at("GRAD_V", 1), 0.9166666667, 1e-9);
  EXPECT_NEAR(at("grad_a", 11), 0.9166666667, 1e-9);
  EXPECT_EQ(at("FLAT_25", 3), 0.25);
  EXPECT_EQ(at("WRAP08", 3), 1);
  EXPECT_EQ(at("WRAP08", 4), 0);
  EXPECT_EQ(at("WRAP16", 17), 1);
  EXPECT_EQ(at("MID12_50", 5), 0.5);
  EXPECT_EQ(at("MID12_50", 18), 0.5);
  EXPECT_EQ(at("MID12_50", 19), 0);
  EXPECT_EQ(at("OUT07", 18), 1);
  EXPECT_EQ(at("OUT12_5", 12), 0.5);
  EXPECT_EQ(at("RING08_SOFT", 15), 0.5);
  EXPECT_EQ(at("RING10_3", 14), 1);
  EXPECT_NEAR(at("SMOOTHSTEP", 1), 0.00506365740740741, 1e-12);
  EXPECT_NEAR(at("SMOOTHSTEP*3", 10), 0.871527777777778, 1e-12);
  EXPECT_NEAR(at("R_SMOOTHSTEP*4", 8), 0.0370370370370372, 1e-12);
  EXPECT_NEAR(at("SMOOTHSTEP/3", 15), 0.04296875, 1e-12);
  EXPECT_NEAR(at("COSINE", 9), 0.691341716182545, 1e-12);
  EXPECT_NEAR(at("FAKE_CUBIC_HERMITE", 1), 0.157576195987654, 1e-12);
  EXPECT_EQ(at("TRUE_CUBIC_HERMITE", 0), 0);
  EXPECT_NEAR(at("TRUE_CUBIC_HERMITE", 2), 0.325761959876543, 1e-12);
  EXPECT_NEAR(at("TRUE_REVERSE_CUBIC_HERMITE", 17), 0.555694203317901, 1e-12);
  for (const std::string_view preset : preset_names()) {
    const BlockWeights weights = BlockWeights::parse(preset, 0, kSdxl);
    for (std::size_t block = 0; block < kSdxl.count(); ++block) {
      EXPECT_GE(weights[block], -1e-12) << preset;
      EXPECT_LE(weights[block], 1 + 1e-12) << preset;
    }
  }
}

TEST(BlockWeights, AssignsRanges) {
  BlockWeights weights(0, kSd1);
  weights.assign("IN03-IN05=0.5");
  EXPECT_EQ(weights.text(), "0,0,0,0,0.5,0.5,0.5,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0");
  weights.assign("OUT = 1");
  weights.assign("base,in00-in02=2");
  EXPECT_EQ(weights.text(), "2,2,2,2,0.5,0.5,0.5,0,0,0,0,0,0,0,1,1,1,1,1,1,1,1,1,1,1,1");
  weights.assign("NOT M00=3");
  EXPECT_EQ(weights[13], 0);
  EXPECT_EQ(weights[kBase], 3);
  weights.assign("M00=3");
  EXPECT_TRUE(weights.is_uniform());
  EXPECT_EQ(weights.text(), "3");
}

TEST(BlockWeights, RefusesWhatItCannotRead) {
  for (const char* text : {"", "1,2", "GRAD_X", "1,,2", "x"}) {
    EXPECT_THROW(BlockWeights::parse(text, 0, kSd1), Error) << text;
  }
  EXPECT_THROW(BlockWeights::parse(numbers(20), 0, kSd1), Error);
  EXPECT_THROW(BlockWeights::parse(numbers(25) + ",nan", 0, kSd1), Error);
  BlockWeights weights(0, kSdxl);
  for (const char* text : {"", "IN00", "IN00=", "IN09=1", "IN05-IN02=1", "IN00-=1", "X=1"}) {
    EXPECT_THROW(weights.assign(text), Error) << text;
  }
}

}  // namespace
}  // namespace fude::merging
