#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "core/cancellation.h"

namespace fude::training {

/// How far a run is, for a line on a terminal.
struct TrainReport {
  std::string label;  // of what is going on, "autoencoder"
  std::string unit;   // of `done`: "pictures", "steps"
  std::int64_t done = 0;
  double share = 0;         // of this part, in [0, 1]
  double seconds_left = 0;  // of this part; 0 when unknown
  std::optional<double> loss;
};

struct TrainOptions {
  std::filesystem::path work_dir;  // empty: as the configuration says
  std::string stage;               // empty: all; else only this one: "autoencoder", "denoiser", "decoder", "export"
  std::function<void(const TrainReport&)> on_progress;  // called often
};

/// Makes a model as the configuration file says: pictures, autoencoder, latents, text encoder and denoiser, decoder,
/// one file. What an earlier run finished is not done again, and an interrupted part goes on from its last checkpoint.
/// Returns the model file's path; empty when only another stage was asked for. Throws Error: kInvalidArgument,
/// kNotFound, kCorruptFile (a damaged checkpoint), kOutOfResources, and kCancelled after saving when a stop was
/// requested.
std::filesystem::path train(const std::filesystem::path& config_file, const TrainOptions& options,
                            const Cancellation& cancellation);

}  // namespace fude::training
