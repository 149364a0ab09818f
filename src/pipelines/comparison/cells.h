#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/images/image.h"
#include "pipelines/generation_request.h"

namespace fude::pipelines::comparison {

/// More pictures side by side are refused.
inline constexpr std::size_t kMostCells = 10000;

/// One place of a grid, or one line of a list of prompts: its first picture stands there.
struct Cell {
  std::vector<GenerationRequest> jobs;  // as expand_words() gives them, normalised; at least one
  std::string name;                     // for messages: "Steps: 20, CFG Scale: 7"
};

/// What became of a cell. Neither picture nor error: it was not begun before the end was asked for.
struct CellResult {
  std::optional<io::Image> picture = {};  // its first
  GenerationRequest request = {};         // the picture's, with its own seeds and its true size
  std::string infotext = {};
  std::string error = {};               // why there is no picture, or why the cell ended after its first
  std::vector<std::string> files = {};  // where its pictures were saved, as the caller names them
};

/// How much there is to do.
struct Workload {
  std::int64_t pictures = 0;
  std::int64_t steps = 0;  // of batches
};

Workload workload_of(const Cell& cell);
Workload workload_of(std::span<const Cell> cells);

/// 0, 1, .. count - 1: the order of making where none is better.
std::vector<std::size_t> in_turn(std::size_t count);

/// The size of the largest picture of the cells, enlarged by hires fix where they are; `native` pixels a side stand for
/// requests that name no size.
struct PictureSize {
  int width = 0;
  int height = 0;
};
PictureSize largest_picture(std::span<const Cell> cells, int native);

}  // namespace fude::pipelines::comparison
