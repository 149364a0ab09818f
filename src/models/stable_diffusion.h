#pragma once

#include <ATen/ATen.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/tensor_file.h"
#include "models/autoencoders/autoencoder_kl.h"
#include "models/denoisers/unet.h"
#include "models/text_encoders/text_encoder.h"
#include "models/training_facts.h"
#include "weights/live_weights.h"
#include "weights/travelling_weights.h"

namespace fude::models {

/// A number said of the whole picture, each as a sinusoid of kPictureNumberWidth values (arXiv:2307.01952, sec. 2.2).
enum class PictureNumber {
  kOriginalHeight,  // pixels
  kOriginalWidth,
  kCropTop,
  kCropLeft,
  kTargetHeight,
  kTargetWidth,
  kAestheticScore,  // 0..10
};
inline constexpr int64_t kPictureNumberWidth = 256;

/// Everything about a Stable Diffusion checkpoint (1.x, 2.x, XL and its refiner) that its header tells.
struct StableDiffusionConfig {
  UNetConfig unet;
  AutoencoderKLConfig autoencoder;
  std::vector<TextEncoderConfig> text_encoders;  // their states side by side are the context
  std::vector<PictureNumber> picture_numbers;    // what follows the pooled text in the U-Net's vector
  TrainingFacts facts;
};

/// Throws Error(kUnsupportedModel) when the file is something else, saying what; `path` is for that message.
/// `metadata` is the file's: some facts stand only there.
StableDiffusionConfig infer_stable_diffusion_config(const weights::TensorIndex& index, std::string_view path,
                                                    const std::map<std::string, std::string>& metadata = {});

/// What takes the large weights of each network into its care (weights/travelling_weights.h); null: its layers.
struct NetworkTravel {
  std::shared_ptr<weights::TravellingWeights> text_encoders = {};
  std::shared_ptr<weights::TravellingWeights> unet = {};
  std::shared_ptr<weights::TravellingWeights> autoencoder = {};
};

struct LoadOptions {
  at::ScalarType type = at::kFloat;  // compute type of all networks
  at::Device device = at::kCPU;
  NetworkTravel travel = {};
  bool wants_int8 = false;  // linear layers and 1x1 convolutions of the U-Net multiply in 8 bits; type is bfloat16
};

/// The networks of latent diffusion, ready to run.
struct StableDiffusion {
  StableDiffusionConfig config;
  std::vector<TextEncoder> text_encoders;
  UNet unet;
  AutoencoderKL autoencoder;
  weights::LiveWeights weights;  // of U-Net and text encoders, as the checkpoint names them
};

/// Builds the networks of a checkpoint. Every tensor that belongs to one of them is checked against the shape it must
/// have, and one that nothing uses is an error: Throws Error(kCorruptFile, kUnsupportedModel).
StableDiffusion load_stable_diffusion(const io::TensorFile& file, const LoadOptions& options);

/// A separate autoencoder file, with or without the "first_stage_model." prefix. `scale_factor` is the denoiser's: an
/// autoencoder's file does not tell it.
AutoencoderKL load_autoencoder(const io::TensorFile& file, const LoadOptions& options,
                               double scale_factor = AutoencoderKLConfig{}.scale_factor);

}  // namespace fude::models
