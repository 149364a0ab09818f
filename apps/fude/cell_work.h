#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine_flags.h"
#include "pipelines/comparison/cells.h"
#include "pipelines/comparison/grid_drawing.h"
#include "pipelines/word_expansion.h"
#include "request_sources.h"

namespace fude::pipelines::comparison {
struct RunOutcome;
}

namespace fude::apps {

/// Where pictures and grids go and how they are told of.
struct CellOutput {
  std::filesystem::path out;  // a folder; empty: the outputs folders
  std::filesystem::path data_dir;
  bool prints_json = false;
};

/// What is made, and what is said of it before it begins.
struct CellPlan {
  std::span<const pipelines::comparison::Cell> cells;
  std::span<const std::size_t> order;
  std::span<const std::string> warnings;
  /// The size that the grid will have with cells of this size; empty: no grid is made.
  std::function<pipelines::comparison::GridSize(const pipelines::comparison::PictureSize&)> grid_size = {};
};

/// Makes all pictures: tells how many there are, saves each as it comes, prints where. Ctrl-C keeps what is done.
pipelines::comparison::RunOutcome make_cells(const CellPlan& plan, const CellOutput& output, const EngineFlags& engine);

/// Saves a grid (RGB) with its text, and its index beside it; prints where. `name` as in "xyz_grid".
struct GridWords {
  std::string name;
  std::string infotext;
  std::int64_t seed = 0;
  std::function<std::string(const std::string& file_name)> index_of;
};
void save_grid(const io::Image& grid, const GridWords& words, const CellOutput& output);

/// After everything: throws Error(kCancelled) when Ctrl-C ended the work, kUnsupportedModel with the first failure when
/// no picture was made at all.
void check_outcome(const pipelines::comparison::RunOutcome& outcome);

/// What the commands that make many pictures side by side have in common: the flags of requests and engines, --out,
/// --data-dir, --styles-file and --json.
class CellFlags {
 public:
  /// Must outlive `command`'s parsing.
  explicit CellFlags(CLI::App& command);

  /// The request with its seeds as they were written: -1 stays.
  pipelines::GenerationRequest read_request() const { return sources_.read_written_seeds(); }

  pipelines::WordFiles word_files() const;
  CellOutput output() const;
  const EngineFlags& engine() const { return engine_; }

 private:
  RequestSources sources_;
  EngineFlags engine_;
  std::string out_, data_dir_;
  std::vector<std::string> styles_files_;
  bool prints_json_ = false;
};

}  // namespace fude::apps
