#include "models/upscalers/hat.h"

#include <gtest/gtest.h>

#include <limits>

#include "models/upscalers/load_upscaler.h"
#include "tests/models/upscalers/reference_swin.h"
#include "tests/support/golden.h"
#include "tests/support/refusal.h"
#include "tests/support/upscaler_layers.h"

namespace fude::models {
namespace {

using tests::MadeUpFile;

constexpr int64_t kChannels = 12, kHeads = 2, kSide = 4, kOverlap = 6;
const tests::SwinShape kShape{.channels = kChannels, .hidden = 20, .heads = kHeads, .side = kSide};
const std::string kGroup = "layers.0.residual_group.";

MadeUpFile hat_file() {
  MadeUpFile file;
  file.add_conv("conv_first", 3, kChannels).add_norm("patch_embed.norm", kChannels).add_norm("norm", kChannels);
  file.put("relative_position_index_OCA", at::zeros({2, 2}, at::kLong));
  for (int64_t block = 0; block < 2; ++block) {
    const std::string name = fmt::format("{}blocks.{}.", kGroup, block);
    tests::add_swin_block(file, name, kShape);
    file.add_conv(name + "conv_block.cab.0", kChannels, 4).add_conv(name + "conv_block.cab.2", 4, kChannels);
    file.add_conv(name + "conv_block.cab.3.attention.1", kChannels, 2, 1);
    file.add_conv(name + "conv_block.cab.3.attention.3", 2, kChannels, 1);
  }
  const std::string overlap = kGroup + "overlap_attn.";
  file.add_norm(overlap + "norm1", kChannels).add_norm(overlap + "norm2", kChannels);
  file.add_linear(overlap + "qkv", kChannels, 3 * kChannels).add_linear(overlap + "proj", kChannels, kChannels);
  file.add(overlap + "relative_position_bias_table", {(kSide + kOverlap - 1) * (kSide + kOverlap - 1), kHeads}, 1);
  file.add_linear(overlap + "mlp.fc1", kChannels, 20).add_linear(overlap + "mlp.fc2", 20, kChannels);
  file.add_conv("layers.0.conv", kChannels, kChannels).add_conv("conv_after_body", kChannels, kChannels);
  return file.add_conv("conv_before_upsample.0", kChannels, 8)
      .add_conv("upsample.0", 8, 32)
      .add_conv("conv_last", 8, 3);
}

at::Tensor map_of(const at::Tensor& tokens) { return tokens.permute({2, 0, 1}).unsqueeze(0); }
at::Tensor tokens_of(const at::Tensor& map) { return map[0].permute({1, 2, 0}); }

at::Tensor channel_block(const MadeUpFile& file, const std::string& name, const at::Tensor& tokens) {
  const at::Tensor h = conv(file, name + ".2", tests::gelu(conv(file, name + ".0", map_of(tokens))));
  const at::Tensor mean = h.mean({2, 3}, true);
  const at::Tensor inside = conv(file, name + ".3.attention.1", mean).clamp_min(0);
  return tokens_of(h / (1 + at::exp(-conv(file, name + ".3.attention.3", inside))));
}

// Queries of a window see keys one pixel beyond it on each side; beyond the map keys and values are zero.
at::Tensor overlap_attention(const MadeUpFile& file, const at::Tensor& tokens) {
  const std::string name = kGroup + "overlap_attn.";
  const int64_t height = tokens.size(0), width = tokens.size(1), depth = kChannels / kHeads;
  const int64_t margin = (kOverlap - kSide) / 2, framed = width + 2 * margin;
  const at::Tensor qkv = linear(file, name + "qkv", norm(file, name + "norm1", tokens));
  const at::Tensor frame = at::constant_pad_nd(qkv, {0, 0, margin, margin, margin, margin});
  const at::Tensor& table = file[name + "relative_position_bias_table"];
  std::vector<at::Tensor> seen;
  for (int64_t head = 0; head < kHeads; ++head) {
    const auto part = [&](const at::Tensor& from, int64_t which) {
      return from.narrow(2, which * kChannels + head * depth, depth).reshape({-1, depth});
    };
    seen.push_back(tests::attention_by_pairs(part(qkv, 0), part(frame, 1), part(frame, 2), [&](int64_t i, int64_t j) {
      const int64_t top = i / width / kSide * kSide, left = i % width / kSide * kSide;
      const int64_t row = j / framed - top, column = j % framed - left;  // in the larger window
      if (row < 0 || row >= kOverlap || column < 0 || column >= kOverlap)
        return -std::numeric_limits<double>::infinity();
      const int64_t down = row - (i / width - top) + kSide - kOverlap + 1;
      const int64_t across = column - (i % width - left) + kSide - kOverlap + 1;
      int64_t position = down * (kSide + kOverlap - 1) + across;
      if (position < 0) position += table.size(0);
      return table[position][head].item<double>();
    }));
  }
  const at::Tensor attended = linear(file, name + "proj", at::cat(seen, 1)).reshape({height, width, kChannels});
  const at::Tensor h = tokens + attended;
  return h + tests::swin_mlp(file, name + "mlp", norm(file, name + "norm2", h));
}

at::Tensor by_definition(const MadeUpFile& file, const at::Tensor& picture) {
  const at::Tensor begin = conv(file, "conv_first", tests::mirrored(picture, kSide) - tests::mean_colour());
  const at::Tensor tokens = norm(file, "patch_embed.norm", tokens_of(begin));
  at::Tensor h = tokens;
  for (int64_t block = 0; block < 2; ++block) {
    const std::string name = fmt::format("{}blocks.{}.", kGroup, block);
    const at::Tensor normed = norm(file, name + "norm1", h);
    h = h + tests::swin_attention(file, name + "attn", normed, kHeads, kSide, block == 0 ? 0 : kSide / 2) +
        0.01 * channel_block(file, name + "conv_block.cab", normed);
    h = h + tests::swin_mlp(file, name + "mlp", norm(file, name + "norm2", h));
  }
  h = tokens + tokens_of(conv(file, "layers.0.conv", map_of(overlap_attention(file, h))));
  const at::Tensor features = begin + conv(file, "conv_after_body", map_of(norm(file, "norm", h)));
  const at::Tensor large =
      tests::shuffled(conv(file, "upsample.0", tests::leaky(conv(file, "conv_before_upsample.0", features), 0.01)), 2);
  return (conv(file, "conv_last", large) + tests::mean_colour())
      .narrow(2, 0, 2 * picture.size(2))
      .narrow(3, 0, 2 * picture.size(3));
}

TEST(Hat, ComputesWhatItsPaperSays) {
  const MadeUpFile file = hat_file();
  const at::Tensor picture = tests::made_up_picture(7, 10);
  const auto network = load_upscaler(file.open(), at::kFloat, at::kCPU);
  EXPECT_EQ(network->family(), "HAT");
  EXPECT_EQ(network->scale(), 2);
  EXPECT_TRUE(tests::close_to(network->enlarge(picture), by_definition(file, picture), 2e-5));
}

TEST(Hat, CountsPositionsBeforeTheTableFromItsEnd) {
  const at::Tensor positions = overlap_positions(4, 6);
  EXPECT_EQ(positions.size(0), 16);
  EXPECT_EQ(positions.size(1), 36);
  EXPECT_EQ(positions[0][0].item<int64_t>(), 81 - 9 - 1);  // (-1, -1)
  EXPECT_EQ(positions[0][7].item<int64_t>(), 0);           // (0, 0)
}

TEST(Hat, RefusesOverlapsOfNoWindow) {
  MadeUpFile file = hat_file();
  file.add(kGroup + "overlap_attn.relative_position_bias_table", {82, kHeads});
  EXPECT_NE(tests::refusal(ErrorCode::kUnsupportedModel, [&] { load_upscaler(file.open(), at::kFloat, at::kCPU); })
                .find("82 rows"),
            std::string::npos);
}

}  // namespace
}  // namespace fude::models
