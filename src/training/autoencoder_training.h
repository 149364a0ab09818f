#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "models/autoencoders/autoencoder_kl.h"
#include "training/autoencoder_loss.h"
#include "training/moving_average.h"
#include "training/optimizers.h"
#include "training/painter/random.h"
#include "training/parameter_source.h"
#include "training/picture_cache.h"
#include "training/trainable.h"
#include "training/worker_pool.h"

namespace fude::training {

struct AutoencoderTrainingConfig {
  std::uint64_t seed = 1;
  std::int64_t crop = 128;      // pixels along a side of the crops of the first part
  double crop_share = 0.4;      // share of the stage that trains on crops
  std::int64_t crop_batch = 4;  // crops a step
  std::int64_t full_batch = 2;  // whole pictures a step, afterwards
  int shards = 2;               // parts of a batch, computed in parallel; divides both batches
  double average_decay = 0.995;
  double clip = 1;
  double calm_share = 0.4;  // from here on chroma and squared error count for less, sharpness for more
  double calm_factor = 0.3;
  OptimizerConfig optimizer;
  AutoencoderLossWeights loss;
};

/// Trains the autoencoder to give back the pictures of a data set.
class AutoencoderTraining : public Trainable {
 public:
  AutoencoderTraining(const models::AutoencoderKLConfig& model, const AutoencoderTrainingConfig& config,
                      const PictureCache& pictures, WorkerPool& pool, at::Device device);

  Metrics step(const StepPlace& place) override;
  void save(NamedTensors& state) const override;
  void load(const NamedTensors& state) override;

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
  Optimizer optimizer_;
  MovingAverage average_;
};

}  // namespace fude::training
