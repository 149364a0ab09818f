#include "training/latent_statistics.h"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "tests/support/refusal.h"
#include "training/initialisers.h"
#include "training/parameter_source.h"
#include "training/picture_cache.h"

namespace fude::training {
namespace {

const models::AutoencoderKLConfig kTiny{.channels = 64, .channel_mult = {1, 1}, .res_blocks = 1};

NamedTensors random_autoencoder() {
  at::manual_seed(6);
  ParameterSource source(autoencoder_initial_value, at::kCPU);
  const models::AutoencoderKL model(weights::WeightView(source, "a."), kTiny);
  NamedTensors state;
  save_parameters(source.parameters(), "", state);
  return state;
}

models::AutoencoderKL build(const NamedTensors& state) {
  ParameterSource source(
      [&](const std::string& name, at::IntArrayRef shape) { return entry(state, name, shape).clone(); }, at::kCPU);
  return {weights::WeightView(source, "a."), kTiny};
}

TEST(FoldStatistics, GivesUnitLatentsAndTheSamePictures) {
  const at::NoGradGuard no_gradient;
  WorkerPool pool(2);
  NamedTensors state = random_autoencoder();
  const models::AutoencoderKL before = build(state);
  const at::Tensor pixels = at::randint(0, 256, {8, 32, 32, 3}, at::kByte);
  const LatentStatistics statistics = measure_latents(before, pixels, pool);
  fold_statistics(state, "a.", statistics, kTiny.scale_factor);
  const models::AutoencoderKL after = build(state);

  const at::Tensor image = to_image(pixels);
  const at::Tensor latent = after.encode(image);
  EXPECT_LT(latent.mean({0, 2, 3}).abs().max().item<double>(), 0.02);
  EXPECT_LT((latent.transpose(0, 1).flatten(1).std(1) - 1).abs().max().item<double>(), 0.02);
  EXPECT_LT((after.decode(latent) - before.decode(before.encode(image))).abs().max().item<double>(), 1e-3);
  // The posterior's width follows the mean's scale.
  const at::Tensor gain = 1 / (statistics.deviation * kTiny.scale_factor);
  const at::Tensor shift = after.encode_moments(image).narrow(1, 4, 4) - before.encode_moments(image).narrow(1, 4, 4);
  EXPECT_LT((shift - 2 * gain.log().view({1, 4, 1, 1})).abs().max().item<double>(), 1e-3);
}

TEST(FoldStatistics, RefusesWhatIsNoAutoencoder) {
  NamedTensors state;
  const LatentStatistics statistics{at::zeros({4}), at::ones({4})};
  EXPECT_NE(tests::refusal(ErrorCode::kCorruptFile, [&] { fold_statistics(state, "a.", statistics, 1); })
                .find("a.quant_conv.weight"),
            std::string::npos);
}

}  // namespace
}  // namespace fude::training
