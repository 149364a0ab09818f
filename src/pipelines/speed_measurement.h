#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "pipelines/engine_options.h"
#include "pipelines/generation_request.h"
#include "pipelines/model_library.h"

namespace fude::pipelines {

/// Wall-clock seconds of one run's stages.
struct RunSeconds {
  double text = 0;                 // both prompts
  std::vector<double> steps = {};  // each with both halves of the guidance
  double decode = 0;
  double picture = 0;  // from words to an encoded file, the model loaded
};

/// What a model takes here to make a picture, and the arithmetic in it (models/operation_count.h).
struct SpeedReport {
  std::string model = {};
  std::string precision = {};  // "fp32", "bf16", "fp16"
  int width = 0, height = 0;
  double load = 0;  // seconds from the file's name to a model ready to sample
  std::vector<RunSeconds> runs = {};
  std::uint64_t packed_weights_bytes = 0;  // in memory; 0 where weights are not packed: on GPUs, without own kernels
  double step_operations = 0;
  double decode_operations = 0;

  /// The middle of all runs' steps: the first one also makes what later ones find made.
  double step() const;
  double best_step() const;
  /// The best of the runs.
  double text() const;
  double decode() const;
  double picture() const;
};

/// Loads the model that the request names and makes its picture `runs` >= 1 times, as text_to_image() makes any. The
/// request must be normalised and ask for one picture. on_step is told of steps done and to do, over all runs, and may
/// throw Error(kCancelled). Throws as load_picture_model() and text_to_image() do.
SpeedReport measure_speed(const ModelLibrary& library, const GenerationRequest& request, const EngineOptions& engine,
                          int runs, const std::function<void(int done, int total)>& on_step);

}  // namespace fude::pipelines
