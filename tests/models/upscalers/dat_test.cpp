#include "models/upscalers/dat.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/upscalers/load_upscaler.h"
#include "tests/support/golden.h"
#include "tests/support/refusal.h"
#include "tests/support/upscaler_layers.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

using tests::MadeUpFile;

constexpr int64_t kChannels = 64, kHeads = 4, kHidden = 24, kBlocks = 3, kGroups = 2;
constexpr int64_t kBiasWidth = 2;  // 64 / 2 / 4 / 4
constexpr WindowGrid kWindow{.height = 2, .width = 4};

void add_interaction(MadeUpFile& file, const std::string& name) {
  file.add_conv(name + "dwconv.0", 1, kChannels).add_batch_norm(name + "dwconv.1", kChannels);
  file.add_conv(name + "channel_interaction.1", kChannels, kChannels / 8, 1);
  file.add_batch_norm(name + "channel_interaction.2", kChannels / 8);
  file.add_conv(name + "channel_interaction.4", kChannels / 8, kChannels, 1);
  file.add_conv(name + "spatial_interaction.0", kChannels, kChannels / 16, 1);
  file.add_batch_norm(name + "spatial_interaction.1", kChannels / 16);
  file.add_conv(name + "spatial_interaction.3", kChannels / 16, 1, 1);
}

void add_attention(MadeUpFile& file, const std::string& name, bool is_spatial) {
  file.add_linear(name + "qkv", kChannels, 3 * kChannels).add_linear(name + "proj", kChannels, kChannels);
  add_interaction(file, name);
  if (!is_spatial) {
    file.put(name + "temperature", at::tensor({1.0F, 2.0F, 0.5F, 3.0F}).view({kHeads, 1, 1}));
    return;
  }
  for (int64_t half = 0; half < 2; ++half) {
    const std::string pos = fmt::format("{}attns.{}.pos.", name, half);
    file.add_linear(pos + "pos_proj", 2, kBiasWidth);
    for (const char* part : {"pos1", "pos2", "pos3"}) {
      file.add_norm(pos + part + ".0", kBiasWidth);
      file.add_linear(pos + part + ".2", kBiasWidth, std::string(part) == "pos3" ? kHeads / 2 : kBiasWidth);
    }
    file.put(fmt::format("{}attns.{}.rpe_biases", name, half), at::zeros({3 * 7, 2}));
    file.put(fmt::format("{}attns.{}.relative_position_index", name, half), at::zeros({8, 8}, at::kLong));
  }
}

MadeUpFile dat_file() {
  MadeUpFile file;
  file.add_conv("conv_first", 3, kChannels).add_norm("before_RG.1", kChannels).add_norm("norm", kChannels);
  for (int64_t group = 0; group < kGroups; ++group) {
    for (int64_t block = 0; block < kBlocks; ++block) {
      const std::string name = fmt::format("layers.{}.blocks.{}.", group, block);
      file.add_norm(name + "norm1", kChannels).add_norm(name + "norm2", kChannels);
      add_attention(file, name + "attn.", block % 2 == 0);
      file.add_linear(name + "ffn.fc1", kChannels, kHidden).add_linear(name + "ffn.fc2", kHidden / 2, kChannels);
      file.add_norm(name + "ffn.sg.norm", kHidden / 2).add_conv(name + "ffn.sg.conv", 1, kHidden / 2);
    }
    file.add_conv(fmt::format("layers.{}.conv", group), kChannels, kChannels);
  }
  file.add_conv("conv_after_body", kChannels, kChannels).add_conv("conv_before_upsample.0", kChannels, 8);
  return file.add_conv("upsample.0", 8, 72).add_conv("conv_last", 8, 3);
}

at::Tensor map_of(const at::Tensor& tokens) { return tokens.permute({2, 0, 1}).unsqueeze(0); }
at::Tensor tokens_of(const at::Tensor& map) { return map[0].permute({1, 2, 0}); }
at::Tensor logistic(const at::Tensor& x) { return 1 / (1 + at::exp(-x)); }

at::Tensor channel_weights(const MadeUpFile& file, const std::string& name, const at::Tensor& map) {
  const at::Tensor inside = conv(file, name + "channel_interaction.1", map.mean({2, 3}, true));
  return logistic(conv(file, name + "channel_interaction.4",
                       tests::gelu(batch_norm(file, name + "channel_interaction.2", inside))));
}

at::Tensor pixel_weights(const MadeUpFile& file, const std::string& name, const at::Tensor& map) {
  const at::Tensor inside = conv(file, name + "spatial_interaction.0", map);
  return logistic(conv(file, name + "spatial_interaction.3",
                       tests::gelu(batch_norm(file, name + "spatial_interaction.1", inside))));
}

at::Tensor convolved_values(const MadeUpFile& file, const std::string& name, const at::Tensor& qkv) {
  const at::Tensor values = map_of(qkv.narrow(2, 2 * kChannels, kChannels));
  return tests::gelu(batch_norm(file, name + "dwconv.1", conv(file, name + "dwconv.0", values)));
}

// What one relative position adds to the scores of the heads of one half.
at::Tensor position_bias(const MadeUpFile& file, const std::string& name, int64_t down, int64_t across) {
  at::Tensor h = linear(file, name + "pos_proj", at::tensor({static_cast<float>(down), static_cast<float>(across)}));
  for (const char* part : {"pos1", "pos2", "pos3"})
    h = linear(file, name + part + ".2", norm(file, name + part + ".0", h).clamp_min(0));
  return h;
}

at::Tensor window_half(const MadeUpFile& file, const std::string& name, const at::Tensor& qkv, int64_t half,
                       bool is_rolled) {
  const WindowGrid grid = half == 0 ? kWindow : WindowGrid{.height = kWindow.width, .width = kWindow.height};
  const int64_t height = qkv.size(0), width = qkv.size(1), depth = kChannels / kHeads;
  const int64_t roll_rows = is_rolled ? grid.height / 2 : 0, roll_columns = is_rolled ? grid.width / 2 : 0;
  const auto rolled = [](int64_t at, int64_t roll, int64_t length) { return (at - roll + length) % length; };
  std::vector<at::Tensor> seen;
  for (int64_t head = 0; head < kHeads / 2; ++head) {
    const auto part = [&](int64_t which) {
      return qkv.narrow(2, which * kChannels + half * kChannels / 2 + head * depth, depth).reshape({-1, depth});
    };
    seen.push_back(tests::attention_by_pairs(part(0), part(1), part(2), [&](int64_t i, int64_t j) {
      const double rows = tests::window_term(height, grid.height, roll_rows, i / width, j / width);
      const double columns = tests::window_term(width, grid.width, roll_columns, i % width, j % width);
      if (std::isinf(rows + columns)) return rows + columns;
      const int64_t down = rolled(i / width, roll_rows, height) - rolled(j / width, roll_rows, height);
      const int64_t across = rolled(i % width, roll_columns, width) - rolled(j % width, roll_columns, width);
      const at::Tensor bias = position_bias(file, fmt::format("{}attns.{}.pos.", name, half), down, across);
      return bias[head].item<double>() + std::min(rows, columns);
    }));
  }
  return at::cat(seen, 1).reshape({height, width, kChannels / 2});
}

at::Tensor spatial_attention(const MadeUpFile& file, const std::string& name, const at::Tensor& tokens,
                             bool is_rolled) {
  const at::Tensor qkv = linear(file, name + "qkv", tokens);
  const int64_t rest_rows = (4 - tokens.size(0) % 4) % 4, rest_columns = (4 - tokens.size(1) % 4) % 4;
  const at::Tensor framed = at::constant_pad_nd(qkv, {0, 0, 0, rest_columns, 0, rest_rows});
  const at::Tensor seen =
      at::cat({window_half(file, name, framed, 0, is_rolled), window_half(file, name, framed, 1, is_rolled)}, 2);
  const at::Tensor map = map_of(seen.narrow(0, 0, tokens.size(0)).narrow(1, 0, tokens.size(1)));
  const at::Tensor convolved = convolved_values(file, name, qkv);
  const at::Tensor both = map * channel_weights(file, name, convolved) + convolved * pixel_weights(file, name, map);
  return linear(file, name + "proj", tokens_of(both));
}

at::Tensor channel_attention(const MadeUpFile& file, const std::string& name, const at::Tensor& tokens) {
  const int64_t depth = kChannels / kHeads;
  const at::Tensor qkv = linear(file, name + "qkv", tokens);
  std::vector<at::Tensor> heads;
  for (int64_t head = 0; head < kHeads; ++head) {
    const auto rows = [&](int64_t which) {  // [depth,pixels]
      return qkv.narrow(2, which * kChannels + head * depth, depth).reshape({-1, depth}).t();
    };
    const auto unit = [](const at::Tensor& x) { return x / at::sqrt(x.square().sum(1, true)); };
    const at::Tensor scores =
        at::matmul(unit(rows(0)), unit(rows(1)).t()) * file[name + "temperature"][head].item<double>();
    const at::Tensor weights = at::exp(scores) / at::exp(scores).sum(1, true);
    heads.push_back(at::matmul(weights, rows(2)));
  }
  const at::Tensor map = at::cat(heads, 0).reshape({1, kChannels, tokens.size(0), tokens.size(1)});
  const at::Tensor convolved = convolved_values(file, name, qkv);
  const at::Tensor both = map * pixel_weights(file, name, convolved) + convolved * channel_weights(file, name, map);
  return linear(file, name + "proj", tokens_of(both));
}

at::Tensor feed_forward(const MadeUpFile& file, const std::string& name, const at::Tensor& tokens) {
  const at::Tensor h = tests::gelu(linear(file, name + "fc1", tokens));
  const at::Tensor gate = norm(file, name + "sg.norm", h.narrow(2, kHidden / 2, kHidden / 2));
  return linear(file, name + "fc2",
                h.narrow(2, 0, kHidden / 2) * tokens_of(conv(file, name + "sg.conv", map_of(gate))));
}

at::Tensor by_definition(const MadeUpFile& file, const at::Tensor& picture) {
  const at::Tensor begin = conv(file, "conv_first", picture - tests::mean_colour());
  at::Tensor tokens = norm(file, "before_RG.1", tokens_of(begin));
  for (int64_t group = 0; group < kGroups; ++group) {
    at::Tensor h = tokens;
    for (int64_t block = 0; block < kBlocks; ++block) {
      const std::string name = fmt::format("layers.{}.blocks.{}.", group, block);
      const bool is_rolled = group == 0 ? block == 2 : block == 0;
      const at::Tensor normed = norm(file, name + "norm1", h);
      h = h + (block % 2 == 0 ? spatial_attention(file, name + "attn.", normed, is_rolled)
                              : channel_attention(file, name + "attn.", normed));
      h = h + feed_forward(file, name + "ffn.", norm(file, name + "norm2", h));
    }
    tokens = tokens + tokens_of(conv(file, fmt::format("layers.{}.conv", group), map_of(h)));
  }
  const at::Tensor features = begin + conv(file, "conv_after_body", map_of(norm(file, "norm", tokens)));
  const at::Tensor large =
      tests::shuffled(conv(file, "upsample.0", tests::leaky(conv(file, "conv_before_upsample.0", features), 0.01)), 3);
  return conv(file, "conv_last", large) + tests::mean_colour();
}

TEST(Dat, ComputesWhatItsPaperSays) {
  const MadeUpFile file = dat_file();
  const at::Tensor picture = tests::made_up_picture(7, 6);
  const auto network = load_upscaler(file.open(), at::kFloat, at::kCPU);
  EXPECT_EQ(network->family(), "DAT");
  EXPECT_EQ(network->scale(), 3);
  EXPECT_TRUE(tests::close_to(network->enlarge(picture), by_definition(file, picture), 5e-5));
}

TEST(Dat, ReadsItsShapeOffTheFile) {
  const DatConfig config = infer_dat_config(weights::index_of(dat_file().open()));
  EXPECT_EQ(config.window, kWindow);
  EXPECT_EQ(config.heads, kHeads);
  EXPECT_EQ(config.groups, (std::vector<int64_t>{kBlocks, kBlocks}));
}

TEST(Dat, RefusesWindowsOfNoSides) {
  MadeUpFile file = dat_file();
  file.put("layers.0.blocks.0.attn.attns.0.rpe_biases", at::zeros({22, 2}));
  EXPECT_NE(tests::refusal(ErrorCode::kUnsupportedModel, [&] { load_upscaler(file.open(), at::kFloat, at::kCPU); })
                .find("fit no sides"),
            std::string::npos);
}

}  // namespace
}  // namespace fude::models
