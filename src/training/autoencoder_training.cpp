#include "training/autoencoder_training.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "training/initialisers.h"
#include "training/shard_drawing.h"

namespace fude::training {
namespace {

constexpr const char* kPrefix = "first_stage_model.";
constexpr std::int64_t kHeldOut = 64;  // pictures at the beginning that are never trained on

}  // namespace

UpdateRule autoencoder_update_rule(const Parameter& parameter) {
  const bool is_hidden = parameter.value.dim() == 4 && std::min(parameter.value.size(0), parameter.value.size(1)) >= 16;
  return is_hidden ? UpdateRule::kMuon : UpdateRule::kAdamW;
}

AutoencoderTraining::AutoencoderTraining(const models::AutoencoderKLConfig& model,
                                         const AutoencoderTrainingConfig& config, const PictureCache& pictures,
                                         WorkerPool& pool, at::Device device)
    : config_(config),
      pictures_(pictures),
      pool_(pool),
      device_(device),
      source_(seeded(config.learning.seed, autoencoder_initial_value), device),
      model_(weights::WeightView(source_, kPrefix), model),
      training_(source_.parameters(), autoencoder_update_rule, config.learning) {}

at::Tensor AutoencoderTraining::draw_images(painter::Random& random, std::int64_t count, std::int64_t side) const {
  const std::int64_t slack = pictures_.pixels().size(1) - side;
  std::vector<at::Tensor> crops;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t index = draw_trained_index(random, pictures_.count(), kHeldOut);
    const std::int64_t top = random.below(static_cast<int>(slack + 1)),
                       left = random.below(static_cast<int>(slack + 1));
    const at::Tensor crop = pictures_.pixels()[index].narrow(0, top, side).narrow(1, left, side);
    crops.push_back(random.chance(0.5) ? crop.flip({1}) : crop);
  }
  return to_image(at::stack(crops).to(device_));
}

ShardLoss AutoencoderTraining::shard_loss(const StepPlace& place, int shard) const {
  const bool is_cropped = place.progress < config_.crop_share;
  const std::int64_t batch = is_cropped ? config_.crop_batch : config_.full_batch;
  const std::int64_t side = is_cropped ? config_.crop : pictures_.pixels().size(1);
  painter::Random random = shard_random(config_.learning, place, shard);
  const at::Tensor image = draw_images(random, batch / config_.learning.shards, side);
  auto generator = at::make_generator<at::CPUGeneratorImpl>(random.next());

  const auto moments = model_.encode_moments(image.to(at::kBFloat16)).to(at::kFloat).chunk(2, 1);
  const at::Tensor log_variance = moments[1].clamp(-20, 10);
  const at::Tensor noise = at::randn(moments[0].sizes(), generator, at::kFloat).to(device_);
  const at::Tensor latent = moments[0] + (0.5 * log_variance).exp() * noise;
  const at::Tensor reconstruction =
      model_.decode((latent * model_.config().scale_factor).to(at::kBFloat16)).to(at::kFloat);

  AutoencoderLossWeights weights = config_.loss;
  if (place.progress >= config_.calm_share) {
    weights.chroma *= config_.calm_factor;
    weights.squared *= config_.calm_factor;
  }
  ShardLoss result = reconstruction_loss(reconstruction, image, weights);
  const at::Tensor divergence = normal_divergence(moments[0], log_variance);
  result.metrics["divergence"] = divergence.item<double>();
  result.loss = result.loss + weights.divergence * divergence;
  return result;
}

Metrics AutoencoderTraining::step(const StepPlace& place) {
  return training_.step(pool_, place, [&](int shard) { return shard_loss(place, shard); });
}

at::Tensor AutoencoderTraining::samples() {
  const at::NoGradGuard no_gradient;
  const AveragedWeights averaged(training_.average());
  const std::int64_t count = std::min(sample_columns(), pictures_.count());
  const at::Tensor pixels = pictures_.pixels().narrow(0, 0, count);
  std::vector<at::Tensor> rows(static_cast<std::size_t>(count));
  pool_.run(static_cast<int>(count), [&](int i) {
    const at::NoGradGuard no_gradient_here;
    const at::Tensor image = to_image(pixels.narrow(0, i, 1).to(device_)).to(at::kBFloat16);
    rows[static_cast<std::size_t>(i)] = to_pixels(model_.decode(model_.encode(image)));
  });
  return at::cat({pixels, at::cat(rows)});
}

}  // namespace fude::training
