#include "models/upscalers/swin_ir.h"

#include <gtest/gtest.h>

#include "models/upscalers/load_upscaler.h"
#include "tests/models/upscalers/reference_swin.h"
#include "tests/support/golden.h"
#include "tests/support/refusal.h"
#include "tests/support/upscaler_layers.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

using tests::MadeUpFile;
using Kind = ReconstructionConfig::Kind;

constexpr int64_t kChannels = 12, kHeads = 2, kSide = 4;

void add_head(MadeUpFile& file, Kind kind) {
  if (kind == Kind::kShuffleAtOnce) file.add_conv("upsample.0", kChannels, 12);
  if (kind == Kind::kClean) file.add_conv("conv_last", kChannels, 3);
  if (kind == Kind::kShuffle || kind == Kind::kNearest)
    file.add_conv("conv_before_upsample.0", kChannels, 8).add_conv("conv_last", 8, 3);
  if (kind == Kind::kShuffle) file.add_conv("upsample.0", 8, 32).add_conv("upsample.2", 8, 32);
  if (kind == Kind::kNearest) file.add_conv("conv_up1", 8, 8).add_conv("conv_up2", 8, 8).add_conv("conv_hr", 8, 8);
}

void add_group_conv(MadeUpFile& file, const std::string& name, bool is_triple) {
  if (!is_triple) {
    file.add_conv(name, kChannels, kChannels);
    return;
  }
  file.add_conv(name + ".0", kChannels, kChannels / 4).add_conv(name + ".2", kChannels / 4, kChannels / 4, 1);
  file.add_conv(name + ".4", kChannels / 4, kChannels);
}

MadeUpFile swin_ir_file(Kind kind, bool is_triple = false) {
  MadeUpFile file;
  file.add_conv("conv_first", 3, kChannels).add_norm("patch_embed.norm", kChannels).add_norm("norm", kChannels);
  for (int64_t layer = 0; layer < 2; ++layer) {
    for (int64_t block = 0; block < 2; ++block) {
      const std::string name = fmt::format("layers.{}.residual_group.blocks.{}.", layer, block);
      tests::add_swin_block(file, name, {.channels = kChannels, .hidden = 20, .heads = kHeads, .side = kSide});
      if (block == 1) file.put(name + "attn_mask", at::zeros({4, 16, 16}));
    }
    add_group_conv(file, fmt::format("layers.{}.conv", layer), is_triple);
  }
  add_group_conv(file, "conv_after_body", is_triple);
  add_head(file, kind);
  return file;
}

at::Tensor group_conv(const MadeUpFile& file, const std::string& name, const at::Tensor& x, bool is_triple) {
  if (!is_triple) return conv(file, name, x);
  const at::Tensor narrow = tests::leaky(conv(file, name + ".0", x), 0.2);
  return conv(file, name + ".4", tests::leaky(conv(file, name + ".2", narrow), 0.2));
}

at::Tensor reconstruct(const MadeUpFile& file, const at::Tensor& features, Kind kind) {
  if (kind == Kind::kClean) return conv(file, "conv_last", features);
  if (kind == Kind::kShuffleAtOnce) return tests::shuffled(conv(file, "upsample.0", features), 2);
  at::Tensor h = tests::leaky(conv(file, "conv_before_upsample.0", features), 0.01);
  if (kind == Kind::kShuffle) {
    h = tests::shuffled(conv(file, "upsample.0", h), 2);
    return conv(file, "conv_last", tests::shuffled(conv(file, "upsample.2", h), 2));
  }
  h = tests::leaky(conv(file, "conv_up1", tests::doubled(h)), 0.2);
  h = tests::leaky(conv(file, "conv_up2", tests::doubled(h)), 0.2);
  return conv(file, "conv_last", tests::leaky(conv(file, "conv_hr", h), 0.2));
}

at::Tensor by_definition(const MadeUpFile& file, const at::Tensor& picture, Kind kind, bool is_triple) {
  const at::Tensor x = tests::mirrored(picture, kSide) - tests::mean_colour();
  const at::Tensor begin = conv(file, "conv_first", x);
  at::Tensor tokens = norm(file, "patch_embed.norm", begin.permute({0, 2, 3, 1})[0]);
  for (int64_t layer = 0; layer < 2; ++layer) {
    at::Tensor h = tokens;
    for (int64_t block = 0; block < 2; ++block) {
      const std::string name = fmt::format("layers.{}.residual_group.blocks.{}.", layer, block);
      const int64_t roll = block == 0 ? 0 : kSide / 2;
      h = h + tests::swin_attention(file, name + "attn", norm(file, name + "norm1", h), kHeads, kSide, roll);
      h = h + tests::swin_mlp(file, name + "mlp", norm(file, name + "norm2", h));
    }
    const std::string name = fmt::format("layers.{}.conv", layer);
    tokens = tokens + group_conv(file, name, h.permute({2, 0, 1}).unsqueeze(0), is_triple)[0].permute({1, 2, 0});
  }
  const at::Tensor features = norm(file, "norm", tokens).permute({2, 0, 1}).unsqueeze(0);
  at::Tensor out = reconstruct(file, begin + group_conv(file, "conv_after_body", features, is_triple), kind);
  if (kind == Kind::kClean) out = out + x;
  const int64_t scale = out.size(2) / x.size(2);
  return (out + tests::mean_colour()).narrow(2, 0, scale * picture.size(2)).narrow(3, 0, scale * picture.size(3));
}

TEST(SwinIr, ComputesWhatItsPaperSaysWithEveryHead) {
  const at::Tensor picture = tests::made_up_picture(7, 10);  // 8x12 once filled up: windows and rolled windows
  for (const Kind kind : {Kind::kClean, Kind::kShuffle, Kind::kShuffleAtOnce, Kind::kNearest}) {
    const MadeUpFile file = swin_ir_file(kind);
    const auto network = load_upscaler(file.open(), at::kFloat, at::kCPU);
    EXPECT_TRUE(tests::close_to(network->enlarge(picture), by_definition(file, picture, kind, false), 2e-5))
        << static_cast<int>(kind);
  }
}

TEST(SwinIr, HasThreeConvolutionsAfterGroupsWhereTheFileHas) {
  const MadeUpFile file = swin_ir_file(Kind::kNearest, /*is_triple=*/true);
  const at::Tensor picture = tests::made_up_picture(4, 4);
  EXPECT_TRUE(tests::close_to(load_upscaler(file.open(), at::kFloat, at::kCPU)->enlarge(picture),
                              by_definition(file, picture, Kind::kNearest, true), 2e-5));
}

TEST(SwinIr, ReadsItsShapeOffTheFile) {
  const SwinIrConfig config = infer_swin_ir_config(weights::index_of(swin_ir_file(Kind::kShuffle).open()));
  EXPECT_EQ(config.channels, kChannels);
  EXPECT_EQ(config.hidden, 20);
  EXPECT_EQ(config.window, (WindowGrid{.height = kSide, .width = kSide}));
  EXPECT_EQ(config.layers, std::vector(2, SwinIrConfig::Layer{.blocks = 2, .heads = kHeads}));
  EXPECT_EQ(config.reconstruction.scale, 4);
}

TEST(SwinIr, TakesValuesTo255WhereItCleansJpegPictures) {
  MadeUpFile file = swin_ir_file(Kind::kClean);
  EXPECT_EQ(infer_swin_ir_config(weights::index_of(file.open())).range, 1);
  file.add("layers.0.residual_group.blocks.0.attn.relative_position_bias_table", {13 * 13, kHeads});
  EXPECT_EQ(infer_swin_ir_config(weights::index_of(file.open())).range, 255);
}

TEST(SwinIr, EnlargesOnePixel) {
  const auto network = load_upscaler(swin_ir_file(Kind::kShuffle).open(), at::kFloat, at::kCPU);
  EXPECT_EQ(network->enlarge(tests::made_up_picture(1, 1)).size(2), 4);
}

TEST(SwinIr, RefusesTablesOfNoWindowAndUnevenHeads) {
  const std::string table = "layers.0.residual_group.blocks.0.attn.relative_position_bias_table";
  MadeUpFile file = swin_ir_file(Kind::kShuffle);
  file.add(table, {50, 2});
  EXPECT_NE(tests::refusal(ErrorCode::kUnsupportedModel, [&] { load_upscaler(file.open(), at::kFloat, at::kCPU); })
                .find("50 rows"),
            std::string::npos);
  file.add(table, {49, 5});
  EXPECT_NE(tests::refusal(ErrorCode::kUnsupportedModel, [&] { load_upscaler(file.open(), at::kFloat, at::kCPU); })
                .find("5 attention heads"),
            std::string::npos);
}

}  // namespace
}  // namespace fude::models
