#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "models/autoencoders/autoencoder_kl.h"
#include "training/autoencoder_loss.h"
#include "training/painter/random.h"
#include "training/parameter_source.h"
#include "training/parameter_training.h"
#include "training/picture_cache.h"
#include "training/trainable.h"
#include "training/worker_pool.h"

namespace fude::training {

struct AutoencoderTrainingConfig {
  LearningConfig learning{.seed = 1, .shards = 2, .average_decay = 0.995};
  std::int64_t crop = 128;      // pixels along a side of the crops of the first part
  double crop_share = 0.4;      // share of the stage that trains on crops
  std::int64_t crop_batch = 4;  // crops a step
  std::int64_t full_batch = 2;  // whole pictures a step, afterwards
  double calm_share = 0.4;      // from here on chroma and squared error count for less, sharpness for more
  double calm_factor = 0.3;
  AutoencoderLossWeights loss;
};

/// How each of an autoencoder's parameters is trained: convolutions between wide layers by Muon.
UpdateRule autoencoder_update_rule(const Parameter& parameter);

/// Trains the autoencoder to give back the pictures of a data set.
class AutoencoderTraining : public Trainable {
 public:
  AutoencoderTraining(const models::AutoencoderKLConfig& model, const AutoencoderTrainingConfig& config,
                      const PictureCache& pictures, WorkerPool& pool, at::Device device);

  Metrics step(const StepPlace& place) override;
  void save(NamedTensors& state) const override { training_.save(state); }
  void load(const NamedTensors& state) override { training_.load(state); }

  /// Pairs of rows: pictures that were never trained on, and their reconstructions.
  at::Tensor samples() override;
  std::int64_t sample_columns() const override { return 8; }

 private:
  at::Tensor draw_images(painter::Random& random, std::int64_t count, std::int64_t side) const;
  ShardLoss shard_loss(const StepPlace& place, int shard) const;

  AutoencoderTrainingConfig config_;
  const PictureCache& pictures_;
  WorkerPool& pool_;
  at::Device device_;
  ParameterSource source_;
  models::AutoencoderKL model_;
  ParameterTraining training_;
};

}  // namespace fude::training
