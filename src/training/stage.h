#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "core/cancellation.h"
#include "training/learning_rate.h"
#include "training/trainable.h"

namespace fude::training {

/// How long a stage lasts and what it leaves behind. Minutes count over all its runs, not the pauses between them.
struct StageConfig {
  std::string name;        // also of its files: NAME.safetensors, NAME.jsonl, NAME-sheets/
  double minutes = 0;      // 0: no limit in time
  std::int64_t steps = 0;  // 0: no limit in steps; one of the two limits must be set
  double checkpoint_minutes = 2.5;
  double sheet_minutes = 5;
  std::int64_t log_steps = 20;
  LearningRateConfig rate;
};

struct StageProgress {
  std::string stage;
  std::int64_t step = 0;
  double share = 0;         // of the budget, in [0, 1]
  double seconds = 0;       // spent so far
  double seconds_left = 0;  // estimated
  Metrics metrics;          // means since the last log line
};

/// Trains until the stage's budget is spent (then returns true) or cancellation asks to stop (then saves and returns
/// false), going on from the checkpoint that an earlier run left in `folder`. Writes checkpoints, a log line (JSON)
/// every log_steps steps and sheets of samples there. `on_progress` is called after every step.
bool run_stage(const StageConfig& config, Trainable& trainable, const std::filesystem::path& folder,
               const Cancellation& cancellation, const std::function<void(const StageProgress&)>& on_progress);

/// The checkpoint of a stage.
std::filesystem::path checkpoint_path(const std::filesystem::path& folder, const std::string& stage);

/// Reads a checkpoint whole. Throws as io::TensorFile::open does.
NamedTensors read_checkpoint(const std::filesystem::path& path);

}  // namespace fude::training
