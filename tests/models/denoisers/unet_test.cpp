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

}  // namespace
}  // namespace fude::models
