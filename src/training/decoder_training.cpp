#include "training/decoder_training.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "training/autoencoder_training.h"
#include "training/shard_drawing.h"

namespace fude::training {
namespace {

constexpr const char* kPrefix = "first_stage_model.";

std::vector<Parameter> decoder_parameters(const std::vector<Parameter>& all) {
  std::vector<Parameter> decoder;
  for (const Parameter& p : all) {
    const bool is_decoder =
        p.name.find(".decoder.") != std::string::npos || p.name.find(".post_quant_conv.") != std::string::npos;
    if (is_decoder) decoder.push_back(p);
  }
  return decoder;
}

}  // namespace

DecoderTraining::DecoderTraining(const models::AutoencoderKLConfig& model, const DecoderTrainingConfig& config,
                                 const NamedTensors& start, const at::Tensor& latents, const PictureCache& pictures,
                                 WorkerPool& pool, at::Device device)
    : config_(config),
      latents_(latents),
      pictures_(pictures),
      pool_(pool),
      device_(device),
      source_([&](const std::string& name, at::IntArrayRef shape) { return entry(start, name, shape).clone(); },
              device),
      model_(weights::WeightView(source_, kPrefix), model),
      training_(decoder_parameters(source_.parameters()), autoencoder_update_rule, config.learning) {}

ShardLoss DecoderTraining::shard_loss(const StepPlace& place, int shard) const {
  painter::Random random = shard_random(config_.learning, place, shard);
  const std::int64_t count = std::min(latents_.size(0), pictures_.count());
  std::vector<at::Tensor> latents, pictures;
  for (std::int64_t i = 0; i < config_.batch / config_.learning.shards; ++i) {
    const std::int64_t index = draw_trained_index(random, count, config_.held_out);
    latents.push_back(latents_[index]);
    pictures.push_back(pictures_.pixels()[index]);
  }
  const at::Tensor clean = at::stack(latents).to(at::kFloat);
  const at::Tensor noise = at::randn(clean.sizes(), at::detail::createCPUGenerator(random.next()), at::kFloat);
  const at::Tensor latent = (clean + config_.noise * noise).to(device_, at::kBFloat16);
  const at::Tensor image = to_image(at::stack(pictures).to(device_));
  return reconstruction_loss(model_.decode(latent).to(at::kFloat), image, config_.loss);
}

Metrics DecoderTraining::step(const StepPlace& place) {
  return training_.step(pool_, place, [&](int shard) { return shard_loss(place, shard); });
}

at::Tensor DecoderTraining::samples() {
  const at::NoGradGuard no_gradient;
  const AveragedWeights averaged(training_.average());
  const std::int64_t count = std::min(sample_columns(), latents_.size(0));
  std::vector<at::Tensor> decoded(static_cast<std::size_t>(count));
  pool_.run(static_cast<int>(count), [&](int i) {
    const at::NoGradGuard no_gradient_here;
    decoded[static_cast<std::size_t>(i)] =
        to_pixels(model_.decode(latents_.narrow(0, i, 1).to(device_, at::kBFloat16)));
  });
  return at::cat({pictures_.pixels().narrow(0, 0, count), at::cat(decoded)});
}

}  // namespace fude::training
