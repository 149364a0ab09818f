#include "models/denoisers/unet.h"

#include <gtest/gtest.h>

#include "io/tensor_file.h"
#include "tests/support/golden.h"
#include "tests/support/tiny_model.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

constexpr double kTolerance = 2e-5;

UNet load_unet(const std::string& model) {
  weights::StateDict weights(io::TensorFile::open(tests::tiny_model(model)), at::kFloat);
  const auto index = weights::sub_index(weights::index_of(weights.file()), "model.diffusion_model.");
  return UNet(weights.root() / "model" / "diffusion_model", infer_unet_config(index));
}

struct UNetCase {
  std::string name, model, context_of = name;  // the case whose context it shares
};

class UNetGolden : public ::testing::TestWithParam<UNetCase> {};

TEST_P(UNetGolden, PredictsWhatTheOriginalPredicts) {
  const auto golden = io::TensorFile::open(tests::golden_path("components/unet.safetensors"));
  const std::string& name = GetParam().name;
  const UNet unet = load_unet(GetParam().model);
  at::Tensor x = golden.tensor(name + ".x"), vector;
  if (golden.tensors().contains(name + ".concat")) x = at::cat({x, golden.tensor(name + ".concat")}, 1);
  if (golden.tensors().contains(name + ".y")) vector = golden.tensor(name + ".y");
  const at::Tensor context = golden.tensor(GetParam().context_of + ".context");
  const at::Tensor out = unet.forward(x, golden.tensor(name + ".t"), context, vector);
  EXPECT_TRUE(tests::close_to(out, golden.tensor(name + ".out"), kTolerance));
}

INSTANTIATE_TEST_SUITE_P(Published, UNetGolden,
                         ::testing::Values(UNetCase{"sd1.square_b2", "tiny-sd1"},
                                           UNetCase{"sd1.rect_fractional_t", "tiny-sd1"},
                                           UNetCase{"sd1.odd_size", "tiny-sd1"}, UNetCase{"sd1.two_chunks", "tiny-sd1"},
                                           UNetCase{"micro", "micro-sd1"},
                                           UNetCase{"inpaint", "tiny-sd1-inpaint", "sd1.rect_fractional_t"},
                                           UNetCase{"sd2v", "tiny-sd2v"}, UNetCase{"sd2v.odd", "tiny-sd2v", "sd2v"},
                                           UNetCase{"sdxl", "tiny-sdxl"}, UNetCase{"sdxl.odd", "tiny-sdxl", "sdxl"}));

TEST(UNet, GivesEachPictureTheSameInAnyBatch) {
  const auto golden = io::TensorFile::open(tests::golden_path("components/unet.safetensors"));
  const auto second = [&](const std::string& what) { return golden.tensor("sd1.square_b2." + what).narrow(0, 1, 1); };
  const at::Tensor alone = load_unet("tiny-sd1").forward(second("x"), second("t"), second("context"));
  EXPECT_TRUE(tests::close_to(alone, second("out"), kTolerance));
}

TEST(UNet, LetsARunStandInForItsAttention) {
  const auto golden = io::TensorFile::open(tests::golden_path("components/unet.safetensors"));
  const auto of = [&](const std::string& what) { return golden.tensor("sd1.odd_size." + what); };
  const UNet unet = load_unet("tiny-sd1");
  const at::Tensor plain = unet.forward(of("x"), of("t"), of("context"));
  std::vector<nn::AttentionPlace> places;
  const UNet::Tweaks watching{.self_attention = [&](const nn::CrossAttention& layer, const at::Tensor&,
                                                    const at::Tensor& normed, const nn::AttentionPlace& place) {
    places.push_back(place);
    return layer.forward(normed, normed);
  }};
  EXPECT_TRUE(unet.forward(of("x"), of("t"), of("context"), {}, watching).equal(plain));
  ASSERT_EQ(places.size(), 16U);  // two a level down, one in the middle, three a level up
  EXPECT_EQ(places.front().height, of("x").size(2));
  EXPECT_EQ(places.front().downscale, 1);
  EXPECT_TRUE(places[6].is_middle);
  EXPECT_EQ(places[6].downscale, 8);
  EXPECT_FALSE(places[7].is_middle);
  EXPECT_EQ(places[7].downscale, 4);
}

TEST(UNet, AppliesFreeUWhenAsked) {
  const auto golden = io::TensorFile::open(tests::golden_path("components/unet.safetensors"));
  const auto of = [&](const std::string& what) { return golden.tensor("sd1.odd_size." + what); };
  const UNet unet = load_unet("tiny-sd1");
  const at::Tensor plain = unet.forward(of("x"), of("t"), of("context"));
  const FreeU none{.backbone1 = 1, .backbone2 = 1, .skip1 = 1, .skip2 = 1};
  EXPECT_TRUE(tests::close_to(unet.forward(of("x"), of("t"), of("context"), {}, {.free_u = none}), plain, 1e-5));
  EXPECT_FALSE(tests::close_to(unet.forward(of("x"), of("t"), of("context"), {}, {.free_u = FreeU{}}), plain, 1e-2));
}

}  // namespace
}  // namespace fude::models
