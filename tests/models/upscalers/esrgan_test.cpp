#include "models/upscalers/esrgan.h"

#include <gtest/gtest.h>

#include "models/upscalers/load_upscaler.h"
#include "tests/support/golden.h"
#include "tests/support/refusal.h"
#include "tests/support/upscaler_layers.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

using tests::MadeUpFile;

constexpr int64_t kWidth = 6, kGrowth = 4, kBlocks = 2;

MadeUpFile esrgan_file(int64_t doublings, int64_t in = 3) {
  MadeUpFile file;
  file.add_conv("conv_first", in, kWidth);
  for (int64_t block = 0; block < kBlocks; ++block) {
    for (int64_t dense = 1; dense <= 3; ++dense) {
      for (int64_t i = 0; i < 5; ++i) {
        file.add_conv(fmt::format("body.{}.rdb{}.conv{}", block, dense, i + 1), kWidth + i * kGrowth,
                      i == 4 ? kWidth : kGrowth);
      }
    }
  }
  file.add_conv("conv_body", kWidth, kWidth);
  for (int64_t i = 1; i <= doublings; ++i) file.add_conv(fmt::format("conv_up{}", i), kWidth, kWidth);
  return file.add_conv("conv_hr", kWidth, kWidth).add_conv("conv_last", kWidth, 3);
}

// The generator of ESRGAN by its paper's figures.
at::Tensor by_definition(const MadeUpFile& file, const at::Tensor& x, int64_t doublings) {
  const at::Tensor begin = conv(file, "conv_first", x);
  at::Tensor h = begin;
  for (int64_t block = 0; block < kBlocks; ++block) {
    at::Tensor inner = h;
    for (int64_t dense = 1; dense <= 3; ++dense) {
      const std::string name = fmt::format("body.{}.rdb{}.conv", block, dense);
      std::vector<at::Tensor> seen{inner};
      for (int64_t i = 1; i <= 4; ++i)
        seen.push_back(tests::leaky(conv(file, name + std::to_string(i), at::cat(seen, 1)), 0.2));
      inner = inner + 0.2 * conv(file, name + "5", at::cat(seen, 1));
    }
    h = h + 0.2 * inner;
  }
  h = begin + conv(file, "conv_body", h);
  for (int64_t i = 1; i <= doublings; ++i)
    h = tests::leaky(conv(file, fmt::format("conv_up{}", i), tests::doubled(h)), 0.2);
  return conv(file, "conv_last", tests::leaky(conv(file, "conv_hr", h), 0.2));
}

// ESRGAN's first layout numbers its layers through.
MadeUpFile first_layout(int64_t doublings) {
  std::map<std::string, std::string> names;
  const MadeUpFile file = esrgan_file(doublings);
  for (const auto& [name, tensor] : file.tensors()) {
    const std::size_t dot = name.rfind('.');
    std::string layer = name.substr(0, dot);
    const std::string kind = name.substr(dot);
    if (layer.starts_with("body.")) {
      layer.replace(layer.find("rdb"), 3, "RDB");
      names[name] = "model.1.sub." + layer.substr(5) + ".0" + kind;
    }
  }
  const std::vector<std::string> ends = {"conv_up1", "conv_up2", "conv_hr", "conv_last"};
  for (const char* kind : {".weight", ".bias"}) {
    names[std::string("conv_first") + kind] = std::string("model.0") + kind;
    names[std::string("conv_body") + kind] = fmt::format("model.1.sub.{}{}", kBlocks, kind);
    int64_t number = 0;
    for (int64_t i = 1; i <= doublings; ++i) {
      number = 3 * i;  // an enlargement, a convolution, an activation
      names[fmt::format("conv_up{}{}", i, kind)] = fmt::format("model.{}{}", number, kind);
    }
    names[std::string("conv_hr") + kind] = fmt::format("model.{}{}", number + 2, kind);
    names[std::string("conv_last") + kind] = fmt::format("model.{}{}", number + 4, kind);
  }
  return file.renamed(names);
}

MadeUpFile second_layout() {
  std::map<std::string, std::string> names;
  const MadeUpFile file = esrgan_file(2);
  for (const auto& [name, tensor] : file.tensors()) {
    std::string old = name;
    if (old.starts_with("body.")) old.replace(0, 5, "RRDB_trunk.").replace(old.find("rdb"), 3, "RDB");
    if (old.starts_with("conv_body.")) old.replace(0, 9, "trunk_conv");
    if (old.starts_with("conv_up")) old.replace(0, 7, "upconv");
    if (old.starts_with("conv_hr")) old.replace(0, 7, "HRconv");
    names[name] = old;
  }
  return file.renamed(names);
}

at::Tensor enlarged(const MadeUpFile& file, const at::Tensor& picture) {
  return load_upscaler(file.open(), at::kFloat, at::kCPU)->enlarge(picture);
}

TEST(Esrgan, ComputesWhatItsPaperSays) {
  const at::Tensor picture = tests::made_up_picture(7, 5);
  for (const int64_t doublings : {0, 1, 2, 3}) {
    const MadeUpFile file = esrgan_file(doublings);
    EXPECT_TRUE(tests::close_to(enlarged(file, picture), by_definition(file, picture, doublings), 1e-5)) << doublings;
  }
}

TEST(Esrgan, TakesBlocksOfPixelsAsChannels) {
  const MadeUpFile file = esrgan_file(2, /*in=*/12);
  const at::Tensor picture = tests::made_up_picture(5, 6);
  const at::Tensor filled = at::cat({picture, picture.narrow(2, 3, 1)}, 2);  // the sixth row mirrors the fourth
  at::Tensor blocks = at::zeros({1, 12, 3, 3});
  for (int64_t channel = 0; channel < 12; ++channel) {
    const int64_t row = channel % 4 / 2, column = channel % 2;
    blocks.select(1, channel).copy_(filled.select(1, channel / 4).slice(1, row, {}, 2).slice(2, column, {}, 2));
  }
  const at::Tensor expected = by_definition(file, blocks, 2).narrow(2, 0, 10);
  EXPECT_TRUE(tests::close_to(enlarged(file, picture), expected, 1e-5));
}

TEST(Esrgan, ReadsItsOlderLayouts) {
  const at::Tensor picture = tests::made_up_picture(4, 4);
  for (const int64_t doublings : {1, 2, 3}) {
    EXPECT_TRUE(at::equal(enlarged(first_layout(doublings), picture), enlarged(esrgan_file(doublings), picture)));
  }
  EXPECT_TRUE(at::equal(enlarged(second_layout(), picture), enlarged(esrgan_file(2), picture)));
}

TEST(Esrgan, PrefersAveragedWeights) {
  MadeUpFile both;
  const MadeUpFile file = esrgan_file(1);
  for (const auto& [name, tensor] : file.tensors())
    both.put("params_ema." + name, tensor).put("params." + name, at::zeros_like(tensor));
  const at::Tensor picture = tests::made_up_picture(4, 4);
  EXPECT_TRUE(at::equal(enlarged(both, picture), enlarged(file, picture)));
}

TEST(Esrgan, EnlargesOnePixel) { EXPECT_EQ(enlarged(esrgan_file(2), tests::made_up_picture(1, 1)).size(3), 4); }

TEST(Esrgan, RefusesMissingAndForeignTensors) {
  MadeUpFile file = esrgan_file(2);
  file.add_conv("body.0.rdb1.conv1x1", kWidth, kGrowth, 1);
  EXPECT_NE(tests::refusal(ErrorCode::kUnsupportedModel, [&] { load_upscaler(file.open(), at::kFloat, at::kCPU); })
                .find("conv1x1"),
            std::string::npos);
  MadeUpFile hole;
  const MadeUpFile whole = esrgan_file(2);
  for (const auto& [name, tensor] : whole.tensors())
    if (name != "body.1.rdb2.conv3.bias") hole.put(name, tensor);
  EXPECT_NE(tests::refusal(ErrorCode::kCorruptFile, [&] { load_upscaler(hole.open(), at::kFloat, at::kCPU); })
                .find("body.1.rdb2.conv3.bias"),
            std::string::npos);
}

TEST(Esrgan, RefusesOtherChannels) {
  EXPECT_NE(tests::refusal(ErrorCode::kUnsupportedModel,
                           [] { infer_esrgan_config(weights::index_of(esrgan_file(2, 4).open())); })
                .find("4 channels in"),
            std::string::npos);
  EXPECT_NE(tests::refusal(ErrorCode::kUnsupportedModel,
                           [] { infer_esrgan_config(weights::index_of(esrgan_file(0, 12).open())); })
                .find("doubles 0 times"),
            std::string::npos);
}

}  // namespace
}  // namespace fude::models
