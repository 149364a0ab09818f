#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <vector>

#include "models/stable_diffusion.h"
#include "tests/support/golden.h"
#include "tests/support/tiny_model.h"

namespace fude::models {
namespace {

using weights::DeviceRoom;
using weights::Residence;
using weights::TravellingWeights;

constexpr const char* kPatched = "model.diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.weight";

/// A tiny checkpoint, all networks of which live in one way.
struct TravellingModel {
  explicit TravellingModel(Residence residence)
      : travel{.text_encoders = TravellingWeights::make(room, residence),
               .unet = TravellingWeights::make(room, residence),
               .autoencoder = TravellingWeights::make(room, residence)},
        networks(load_stable_diffusion(io::TensorFile::open(tests::tiny_model("micro-sd1")), {.travel = travel})) {}

  /// All three networks one after another: words, a denoiser's answer, a picture.
  std::vector<at::Tensor> run() const {
    const at::NoGradGuard no_grad;
    const at::Tensor ids = at::arange(77).view({1, 77});
    const at::Tensor context = networks.text_encoders.front().network.encode(ids, 1);
    const at::Tensor latent = at::sin(at::arange(4 * 8 * 8, at::kFloat)).view({1, 4, 8, 8});
    const at::Tensor answer = networks.unet.forward(latent, at::full({1}, 500), context);
    return {context, answer, networks.autoencoder.decode(answer)};
  }

  std::shared_ptr<DeviceRoom> room = std::make_shared<DeviceRoom>(at::kCPU);
  NetworkTravel travel;
  StableDiffusion networks;
};

void expect_equal(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(at::equal(a[i], b[i])) << i;
}

class NetworkTravelTest : public testing::TestWithParam<Residence> {};

TEST_P(NetworkTravelTest, ChangesNoBit) {
  const TravellingModel held(Residence::kHeld), travelling(GetParam());
  const std::vector<at::Tensor> expected = held.run();
  expect_equal(travelling.run(), expected);
  expect_equal(travelling.run(), expected);  // when it is known what comes next
}

TEST_P(NetworkTravelTest, HasOneNetworkOnTheDeviceAtATime) {
  const TravellingModel held(Residence::kHeld), travelling(GetParam());
  travelling.run();
  travelling.run();
  EXPECT_EQ(travelling.travel.text_encoders->bytes_on_device(), 0);
  EXPECT_EQ(travelling.travel.unet->bytes_on_device(), 0);
  const std::int64_t all = held.travel.autoencoder->bytes_on_device();
  const std::int64_t here = travelling.travel.autoencoder->bytes_on_device();
  if (GetParam() == Residence::kSwapped) {
    EXPECT_EQ(here, all);
  } else {
    EXPECT_LT(here, all / 4);
  }
}

TEST_P(NetworkTravelTest, IsPatchedLikeAnyOther) {
  TravellingModel held(Residence::kHeld), travelling(GetParam());
  const std::vector<at::Tensor> before = travelling.run();
  const weights::WeightPatches patches = {
      {kPatched, {{.id = "more", .apply = [](at::Tensor weight) { return weight.add_(0.5); }}}}};
  EXPECT_EQ(held.networks.weights.set_patches(patches), 1U);
  EXPECT_EQ(travelling.networks.weights.set_patches(patches), 1U);
  const std::vector<at::Tensor> patched = travelling.run();
  EXPECT_FALSE(at::equal(patched[1], before[1]));
  expect_equal(patched, held.run());
  travelling.networks.weights.set_patches({});
  expect_equal(travelling.run(), before);
}

INSTANTIATE_TEST_SUITE_P(Residences, NetworkTravelTest, testing::Values(Residence::kSwapped, Residence::kStreamed),
                         [](const auto& tested) {
                           return tested.param == Residence::kSwapped ? "Swapped" : "Streamed";
                         });

TEST(NetworkTravel, IsCloseToWhatLayersHoldThemselves) {
  const TravellingModel streamed(Residence::kStreamed);
  StableDiffusion usual = load_stable_diffusion(io::TensorFile::open(tests::tiny_model("micro-sd1")), {});
  const at::NoGradGuard no_grad;
  const at::Tensor latent = at::sin(at::arange(4 * 8 * 8, at::kFloat)).view({1, 4, 8, 8});
  EXPECT_TRUE(tests::close_to(streamed.networks.autoencoder.decode(latent), usual.autoencoder.decode(latent), 1e-4));
  EXPECT_EQ(streamed.networks.unet.options().dtype(), usual.unet.options().dtype());
  EXPECT_EQ(streamed.networks.unet.options().device(), usual.unet.options().device());
}

}  // namespace
}  // namespace fude::models
