#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "pipelines/comparison/cells.h"
#include "pipelines/text_to_image.h"

namespace fude::pipelines::comparison {

/// How far the whole work is, in steps. The cells' own counts are only known once they run: a cell counts for the steps
/// its request asks for.
struct RunProgress {
  std::int64_t done = 0;
  std::int64_t total = 0;
  std::size_t cell = 0;  // in the order of making, from 0
  int step = 0;          // of the cell, done
  int steps = 0;
};

struct RunEvents {
  /// The model for a cell's requests; may load one. It must live until the next call.
  std::function<PictureModel&(const GenerationRequest& request)> model;
  /// After each step. May throw Error(kCancelled).
  std::function<void(const RunProgress& progress)> on_progress = [](const RunProgress&) {};
  /// As in TextToImageEvents.
  WarningListener on_warning = [](const std::string&) {};
  LatentListener on_denoised = [](const at::Tensor&) {};
  std::function<Continuation()> continuation = [] { return Continuation::kGoOn; };
  /// Every picture as soon as it is done; gives the name that it was kept under (empty: none). What it throws ends the
  /// whole work: a full disk is no fault of the cell's.
  std::function<std::string(std::size_t cell, const FinishedPicture& picture, const StageSeconds& so_far)> keep;
  /// After a cell that failed, with why.
  std::function<void(std::size_t cell, const std::string& error)> on_failure = [](std::size_t, const std::string&) {};
  bool keeps_pictures = true;  // in the outcome, until the end; false: keep() has them
};

/// What came of all cells, in their own order.
struct RunOutcome {
  std::vector<CellResult> results;
  bool is_complete = true;  // false: the end was asked for before all cells were carried out
};

/// Carries the cells out, one after the other in `order`. What goes wrong in a cell, its model's loading included, is
/// told there and the next one is made. Error(kCancelled), and kEndJob from continuation(), end the work and keep what
/// is done.
RunOutcome run_cells(std::span<const Cell> cells, std::span<const std::size_t> order, const RunEvents& events);

}  // namespace fude::pipelines::comparison
