#include "models/denoisers/unet_config.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "io/tensor_file.h"
#include "tests/support/refusal.h"
#include "tests/support/tiny_model.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

weights::TensorIndex tiny_index(const std::string& model = "tiny-sd1") {
  return weights::sub_index(weights::index_of(io::TensorFile::open(tests::tiny_model(model))),
                            "model.diffusion_model.");
}

TEST(InferUNetConfig, ReadsEveryWidthOffTheShapes) {
  const UNetConfig config = infer_unet_config(tiny_index());
  EXPECT_EQ(config.model_channels, 32);
  EXPECT_EQ(config.channel_mult, (std::vector<int64_t>{1, 2, 4, 4}));
  EXPECT_EQ(config.transformer_depth, (std::vector<int64_t>{1, 1, 1, 0}));
  EXPECT_EQ(config.res_blocks, 2);
  EXPECT_EQ(config.context_dim, 128);
  EXPECT_EQ(config.in_channels, 4);
  EXPECT_EQ(config.heads, 8);
}

TEST(InferUNetConfig, RejectsAMissingFirstConvolution) {
  auto index = tiny_index();
  index.erase("input_blocks.0.0.weight");
  EXPECT_THROW(infer_unet_config(index), Error);
}

TEST(InferUNetConfig, RejectsAWidthThatHasNoGroups) {
  auto index = tiny_index();
  index["input_blocks.0.0.weight"] = {33, 4, 3, 3};
  EXPECT_THROW(infer_unet_config(index), Error);
}

std::string refusal_without(const std::string& tensor) {
  auto index = tiny_index();
  index.erase(tensor);
  return tests::refusal(ErrorCode::kUnsupportedModel, [&] { infer_unet_config(index); });
}

TEST(InferUNetConfig, RejectsLevelsOfUnequalDepthAndNamesTheGap) {
  EXPECT_EQ(refusal_without("input_blocks.11.0.in_layers.2.weight"),
            "U-Net level 4 has 1 residual blocks, expected 2 (no tensor 'input_blocks.11.0.in_layers.2.weight')");
  EXPECT_EQ(refusal_without("input_blocks.1.0.in_layers.2.weight"),
            "U-Net level 1 has 0 residual blocks, expected 1 (no tensor 'input_blocks.1.0.in_layers.2.weight')");
}

TEST(InferUNetConfig, GivesLinearProjectionsHeadsOf64Channels) {
  const UNetConfig config = infer_unet_config(tiny_index("tiny-sd2v"));
  EXPECT_TRUE(config.has_linear_projections);
  EXPECT_EQ(config.heads_at(256), 4);
  EXPECT_EQ(config.context_dim, 192);
  EXPECT_EQ(config.vector_dim, 0);
  EXPECT_EQ(infer_unet_config(tiny_index()).heads_at(128), 8);
}

TEST(InferUNetConfig, ReadsSdxlsDepthsAndVector) {
  const UNetConfig config = infer_unet_config(tiny_index("tiny-sdxl"));
  EXPECT_EQ(config.transformer_depth, (std::vector<int64_t>{0, 1, 2}));
  EXPECT_EQ(config.middle_transformer_depth, 2);
  EXPECT_EQ(config.vector_dim, 1728);
}

TEST(InferUNetConfig, RejectsLinearProjectionsOfAWidthThatHasNoHeads) {
  auto index = tiny_index();
  index["middle_block.1.proj_in.weight"] = {128, 128};
  EXPECT_THROW(infer_unet_config(index), Error);
}

}  // namespace
}  // namespace fude::models
