#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "models/autoencoders/autoencoder_kl.h"
#include "models/denoisers/unet_config.h"
#include "models/text_encoders/clip_text_encoder.h"
#include "training/autoencoder_training.h"
#include "training/decoder_training.h"
#include "training/denoiser_training.h"
#include "training/stage.h"

namespace fude::training {

struct DataConfig {
  std::string source = "painter";  // or a folder of pictures with captions
  std::int64_t seed = 1;           // of the painter
  std::int64_t count = 8000;       // pictures; 0: all of a folder
  std::int64_t size = 256;         // pixels along a side
  std::int64_t junk_rows = 96;     // rows of the embedding table for words outside the data set
};

struct ExportConfig {
  std::string file = "model.safetensors";  // in the work folder unless absolute
  std::string title, author, license, description;
};

/// Everything `fude train` needs to know: how a model is made from nothing, from its pictures to its file.
struct TrainConfig {
  std::string work_dir = "training";  // checkpoints, caches, logs and sheets
  std::int64_t workers = 0;           // threads; 0: one for each processor
  DataConfig data;
  models::AutoencoderKLConfig autoencoder;
  models::UNetConfig unet;
  models::ClipTextConfig text;
  StageConfig autoencoder_stage, denoiser_stage, decoder_stage;
  AutoencoderTrainingConfig autoencoder_training;
  DenoiserTrainingConfig denoiser_training;
  DecoderTrainingConfig decoder_training;
  ExportConfig output;
};

/// Throws Error: kInvalidArgument for anything that is not such a configuration (unknown keys, wrong types, values out
/// of range, widths that SD 1.x's rules forbid), naming the key; kNotFound when there is no such file.
TrainConfig read_train_config(const std::filesystem::path& path);
TrainConfig parse_train_config(std::string_view toml, std::string_view name);

}  // namespace fude::training
