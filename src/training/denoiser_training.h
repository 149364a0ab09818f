#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <string>
#include <vector>

#include "diffusion/model_schedule.h"
#include "models/autoencoders/autoencoder_kl.h"
#include "models/denoisers/unet.h"
#include "models/text_encoders/clip_text_encoder.h"
#include "training/caption_drawing.h"
#include "training/caption_vocabulary.h"
#include "training/parameter_training.h"
#include "training/trainable.h"
#include "training/worker_pool.h"

namespace fude::training {

struct SampleConfig {
  std::vector<std::string> prompts;
  std::string negative = "worst quality, low quality";
  std::int64_t steps = 20;
  double guidance = 6.5;
};

struct DenoiserTrainingConfig {
  LearningConfig learning{.seed = 2, .shards = 4, .average_decay = 0.998};
  std::int64_t batch = 32;
  double snr_limit = 5;        // min-SNR gamma (Hang et al. 2023, arXiv:2303.09556)
  std::int64_t held_out = 64;  // pictures at the beginning that are never trained on
  CaptionConfig captions;
  SampleConfig samples;
};

/// Name in checkpoints of CaptionVocabulary::full_ids().
inline constexpr const char* kVocabularyKey = "vocabulary.full_ids";

/// What the denoiser learns from: latents in the denoiser's scale, and the pictures' tags.
struct LatentDataset {
  at::Tensor latents;  // [N,z,h,w], any floating type
  std::vector<std::vector<std::string>> tags;
};

/// Trains text encoder and U-Net together, from nothing, to predict the noise in latents (Ho et al. 2020,
/// arXiv:2006.11239) with the noise levels of Stable Diffusion 1.x.
class DenoiserTraining : public Trainable {
 public:
  struct Shape {
    models::UNetConfig unet;
    models::ClipTextConfig text;  // its vocabulary is replaced by the data set's compact one
  };
  /// `autoencoder` decodes samples. Whatever comes by reference must outlive this.
  DenoiserTraining(const Shape& shape, const DenoiserTrainingConfig& config, const LatentDataset& data,
                   const CaptionVocabulary& vocabulary, const models::AutoencoderKL& autoencoder, WorkerPool& pool,
                   at::Device device);

  Metrics step(const StepPlace& place) override;
  void save(NamedTensors& state) const override;
  void load(const NamedTensors& saved) override;

  /// One picture for each prompt, always from the same noise, in Karras steps of Euler's method.
  at::Tensor samples() override;
  std::int64_t sample_columns() const override { return 6; }

 private:
  ShardLoss shard_loss(const StepPlace& place, int shard) const;
  /// A checkpoint's tensors with the token table brought to the present vocabulary.
  NamedTensors in_vocabulary(const NamedTensors& saved) const;
  at::Tensor encode_captions(const std::vector<std::vector<std::int64_t>>& captions) const;
  at::Tensor draw_timesteps(painter::Random& random, int shard) const;
  at::Tensor initial_noise(std::size_t first, std::size_t count) const;
  at::Tensor sample_latents(std::size_t first, std::size_t count) const;

  DenoiserTrainingConfig config_;
  const LatentDataset& data_;
  const CaptionVocabulary& vocabulary_;
  const models::AutoencoderKL& autoencoder_;
  WorkerPool& pool_;
  at::Device device_;
  models::ClipTextConfig text_config_;
  diffusion::ModelSchedule schedule_;
  at::Tensor signal_shares_;  // [T] alphas_cumprod
  ParameterSource source_;
  models::UNet unet_;
  ParameterTraining training_;
};

}  // namespace fude::training
