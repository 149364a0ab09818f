#include "models/upscalers/span.h"

#include <gtest/gtest.h>

#include "models/upscalers/load_upscaler.h"
#include "tests/support/golden.h"
#include "tests/support/refusal.h"
#include "tests/support/upscaler_layers.h"

namespace fude::models {
namespace {

using tests::MadeUpFile;

constexpr int64_t kWidth = 6;

void add_branches(MadeUpFile& file, const std::string& name, int64_t in) {
  file.add_conv(name + ".sk", in, kWidth, 1);
  file.add_conv(name + ".conv.0", in, 2 * in, 1);
  file.add_conv(name + ".conv.1", 2 * in, 2 * kWidth, 3);
  file.add_conv(name + ".conv.2", 2 * kWidth, kWidth, 1);
  file.add_conv(name + ".eval_conv", in, kWidth);  // stale in published files
}

MadeUpFile span_file() {
  MadeUpFile file;
  add_branches(file, "conv_1", 3);
  add_branches(file, "conv_2", kWidth);
  for (int64_t block = 1; block <= 6; ++block) {
    for (const char* name : {"c1_r", "c2_r", "c3_r"})
      add_branches(file, fmt::format("block_{}.{}", block, name), kWidth);
  }
  return file.add_conv("conv_cat", 4 * kWidth, kWidth, 1).add_conv("upsampler.0", kWidth, 12);
}

// The branches as they were trained: the frame of zeros comes before the first convolution.
at::Tensor branches(const MadeUpFile& file, const std::string& name, const at::Tensor& x) {
  const at::Tensor framed = conv(file, name + ".conv.0", at::constant_pad_nd(x, {1, 1, 1, 1}));
  const at::Tensor middle = at::conv2d(framed, file[name + ".conv.1.weight"], file[name + ".conv.1.bias"]);
  return conv(file, name + ".conv.2", middle) + conv(file, name + ".sk", x);
}

at::Tensor by_definition(const MadeUpFile& file, const at::Tensor& x) {
  const auto silu = [](const at::Tensor& h) { return h / (1 + at::exp(-h)); };
  const at::Tensor begin = branches(file, "conv_1", x);
  at::Tensor h = begin, after_first, in_last;
  for (int64_t block = 1; block <= 6; ++block) {
    const std::string name = fmt::format("block_{}.", block);
    const at::Tensor first = silu(branches(file, name + "c1_r", h));
    const at::Tensor last = branches(file, name + "c3_r", silu(branches(file, name + "c2_r", first)));
    h = (last + h) * (1 / (1 + at::exp(-last)) - 0.5);
    if (block == 1) after_first = h;
    in_last = first;
  }
  const at::Tensor all = at::cat({begin, branches(file, "conv_2", h), after_first, in_last}, 1);
  return tests::shuffled(conv(file, "upsampler.0", conv(file, "conv_cat", all)), 2);
}

TEST(Span, ComputesItsTrainedBranches) {
  MadeUpFile file = span_file();
  // Values of 255 would grow block by block, and the rounding errors with them.
  for (const char* name : {"conv_1.sk.weight", "conv_1.conv.0.weight"}) file.put(name, file[name] / 255);
  const at::Tensor picture = tests::made_up_picture(6, 5);
  const auto network = load_upscaler(file.open(), at::kFloat, at::kCPU);
  EXPECT_EQ(network->scale(), 2);
  const at::Tensor expected = by_definition(file, (picture - tests::mean_colour()) * 255);
  EXPECT_TRUE(tests::close_to(network->enlarge(picture), expected, 1e-4));
}

TEST(Span, LeavesPicturesUncentredWhereTheFileSaysSo) {
  MadeUpFile file = span_file();
  file.put("no_norm", at::zeros({1}));
  const at::Tensor picture = tests::made_up_picture(6, 5);
  EXPECT_TRUE(tests::close_to(load_upscaler(file.open(), at::kFloat, at::kCPU)->enlarge(picture),
                              by_definition(file, picture), 1e-4));
}

TEST(Span, TakesFusedFiles) {
  const MadeUpFile file = span_file();
  const io::TensorFile opened = file.open();
  MadeUpFile fused;
  for (const auto& [name, tensor] : file.tensors()) {
    const std::size_t at = name.find(".eval_conv.weight");
    if (name.starts_with("conv_cat") || name.starts_with("upsampler")) fused.put(name, tensor);
    if (at == std::string::npos) continue;
    const FusedConvolution conv = fuse_span_branches(opened, name.substr(0, at));
    fused.put(name, conv.weight).put(name.substr(0, at) + ".eval_conv.bias", conv.bias);
  }
  const at::Tensor picture = tests::made_up_picture(4, 4);
  EXPECT_TRUE(at::equal(load_upscaler(fused.open(), at::kFloat, at::kCPU)->enlarge(picture),
                        load_upscaler(opened, at::kFloat, at::kCPU)->enlarge(picture)));
}

TEST(Span, RefusesBranchesThatDoNotFit) {
  MadeUpFile file = span_file();
  file.add_conv("block_3.c2_r.conv.2", 2 * kWidth + 1, kWidth, 1);
  EXPECT_NE(tests::refusal(ErrorCode::kCorruptFile, [&] { load_upscaler(file.open(), at::kFloat, at::kCPU); })
                .find("block_3.c2_r"),
            std::string::npos);
}

}  // namespace
}  // namespace fude::models
