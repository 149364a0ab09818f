#include "merging/resize_lora.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "io/safetensors_writer.h"
#include "tests/support/temporary_folder.h"

namespace fude::merging {
namespace {

using Tensors = std::map<std::string, at::Tensor>;

constexpr const char* kUp = "lora_unet_x.lora_up.weight";
constexpr const char* kDown = "lora_unet_x.lora_down.weight";
constexpr const char* kAlpha = "lora_unet_x.alpha";

class ResizeLora : public testing::Test {
 protected:
  LoraTensors resize(const Tensors& tensors, const LoraRanks& ranks) {
    io::write_safetensors(folder_ / "lora.safetensors", tensors,
                          {{"ss_network_dim", "8"}, {"ss_sd_model_name", "base"}});
    return resize_lora(io::TensorFile::open(folder_ / "lora.safetensors"), ranks, StorageType::kSame);
  }

  static at::Tensor change(const Tensors& tensors) {
    const at::Tensor up = tensors.at(kUp).flatten(1), down = tensors.at(kDown).flatten(1);
    return at::mm(up, down) * (tensors.at(kAlpha) / down.size(0));
  }

  tests::TemporaryFolder folder_;
};

LoraRanks fixed(int64_t rank) { return {.linear = {.most = rank}, .conv = {.most = rank}}; }

// Factors of rank 8 whose product is of rank 3.
Tensors wasteful(int64_t out = 20, int64_t in = 30) {
  const at::Tensor up = at::mm(at::randn({out, 3}), at::randn({3, 8}));
  return {{kUp, up}, {kDown, at::randn({8, in})}, {kAlpha, at::scalar_tensor(4.0F)}};
}

TEST_F(ResizeLora, KeepsTheChangeWhenTheRankIsEnough) {
  const Tensors before = wasteful();
  const LoraTensors after = resize(before, fixed(3));
  EXPECT_EQ(after.tensors.at(kDown).size(0), 3);
  EXPECT_TRUE(change(after.tensors).allclose(change(before), 1e-3, 1e-3));
  EXPECT_EQ(after.tensors.at(kAlpha).item<float>(), 1.5F);  // 4/8 of the rank, as before
  EXPECT_EQ(after.metadata.at("ss_network_dim"), "3");
  EXPECT_EQ(after.metadata.at("ss_network_alpha"), "1.5");
  EXPECT_EQ(after.metadata.at("ss_sd_model_name"), "base");
}

TEST_F(ResizeLora, FindsTheRankItself) {
  const RankRule rule = parse_rank_rule("sv_fro=0.9999", 8);
  const Tensors before = wasteful();
  const LoraTensors after = resize(before, {.linear = rule, .conv = rule});
  EXPECT_LE(after.tensors.at(kDown).size(0), 4);
  EXPECT_TRUE(change(after.tensors).allclose(change(before), 1e-2, 1e-2));
}

TEST_F(ResizeLora, KeepsKernelsAndWhatIsNoLayer) {
  Tensors before = wasteful(20, 18);
  before[kUp] = before[kUp].reshape({20, 8, 1, 1}).to(at::kHalf);
  before[kDown] = before[kDown].reshape({8, 2, 3, 3}).to(at::kHalf);
  before["bundle_emb.word.string_to_param.*"] = at::ones({1, 4});
  before["lora_unet_norm.w_norm"] = at::ones({4});
  const LoraTensors after = resize(before, {.linear = {.most = 1}, .conv = {.most = 4}});
  EXPECT_EQ(after.tensors.at(kDown).sizes(), (at::IntArrayRef{4, 2, 3, 3}));
  EXPECT_EQ(after.tensors.at(kUp).sizes(), (at::IntArrayRef{20, 4, 1, 1}));
  EXPECT_EQ(after.tensors.at(kUp).scalar_type(), at::kHalf);
  EXPECT_TRUE(after.tensors.contains("bundle_emb.word.string_to_param.*"));
  EXPECT_TRUE(after.tensors.contains("lora_unet_norm.w_norm"));
}

TEST_F(ResizeLora, RefusesAFileWithoutLayers) { EXPECT_THROW(resize({{"x", at::ones({2, 2})}}, fixed(2)), Error); }

}  // namespace
}  // namespace fude::merging
