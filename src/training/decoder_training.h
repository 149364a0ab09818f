#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "models/autoencoders/autoencoder_kl.h"
#include "training/autoencoder_loss.h"
#include "training/parameter_source.h"
#include "training/parameter_training.h"
#include "training/picture_cache.h"
#include "training/trainable.h"
#include "training/worker_pool.h"

namespace fude::training {

struct DecoderTrainingConfig {
  LearningConfig learning{
      .seed = 3, .shards = 2, .average_decay = 0.995, .optimizer = {.muon_rate = 1e-3, .adamw_rate = 3e-4}};
  std::int64_t batch = 2;
  double noise = 0.05;         // standard deviation added to latents: the denoiser's are never exact
  std::int64_t held_out = 64;  // pictures at the beginning that are never trained on
  AutoencoderLossWeights loss{.gradient = 0.5, .low = 0.5, .chroma = 1, .squared = 0.3};
};

/// Goes on training the decoder alone, from cached latents: the encoder stays as it is, so a denoiser that was trained
/// on its latents stays right.
class DecoderTraining : public Trainable {
 public:
  /// `start`: the finished autoencoder, names below "first_stage_model.". `latents` [N,z,h,w] in the denoiser's scale,
  /// of `pictures`.
  DecoderTraining(const models::AutoencoderKLConfig& model, const DecoderTrainingConfig& config,
                  const NamedTensors& start, const at::Tensor& latents, const PictureCache& pictures, WorkerPool& pool,
                  at::Device device);

  Metrics step(const StepPlace& place) override;
  void save(NamedTensors& state) const override { training_.save(state); }
  void load(const NamedTensors& state) override { training_.load(state); }

  /// Two rows: pictures that were never trained on, and what their latents decode to.
  at::Tensor samples() override;
  std::int64_t sample_columns() const override { return 8; }

 private:
  ShardLoss shard_loss(const StepPlace& place, int shard) const;

  DecoderTrainingConfig config_;
  const at::Tensor& latents_;
  const PictureCache& pictures_;
  WorkerPool& pool_;
  at::Device device_;
  ParameterSource source_;
  models::AutoencoderKL model_;
  ParameterTraining training_;  // of the decoder alone
};

}  // namespace fude::training
