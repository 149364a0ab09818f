#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "pipelines/comparison/cells.h"
#include "pipelines/comparison/grid_drawing.h"
#include "server/sdapi_script_call.h"
#include "service/made_picture.h"
#include "service/studio.h"

namespace fude::server {

/// The cells of a script, made by the studio: one job a cell, submitted when the one before has ended.
class ScriptRun {
 public:
  /// It must outlive this.
  explicit ScriptRun(const RunningScript& script) : script_(script), studio_(script.studio) {}

  /// Refuses what can be known before: a model that is not there, a grid that is too large. `grid_size` may be empty.
  void check(
      std::span<const pipelines::comparison::Cell> cells,
      const std::function<pipelines::comparison::GridSize(const pipelines::comparison::PictureSize&)>& grid_size) const;

  /// Makes them in this order. A cell that fails keeps its message; a job that is interrupted or cancelled ends the
  /// work. Throws Error(kCancelled) when the client or the server is leaving.
  void make(std::span<const pipelines::comparison::Cell> cells, std::span<const std::size_t> order);

  /// One more cell, made at once. Its first picture, until the next; null when it failed or was interrupted.
  const io::Image* make_next(const pipelines::comparison::Cell& cell);

  const std::vector<pipelines::comparison::CellResult>& results() const { return results_; }
  /// All pictures in the cells' own order.
  std::vector<service::MadePicture> pictures() const;
  /// The last job; throws the first failure when there is no picture at all.
  const service::Job& last_job() const;

  /// A grid as a picture of the answer; saved below the outputs folder, with its index, when `saves` says so.
  struct GridWords {
    std::string name;  // "xyz_grid"
    std::string infotext;
    std::int64_t seed = 0;
    bool saves = false;
    std::function<std::string(const std::string& file_name)> index_of;
  };
  service::MadePicture grid(const io::Image& image, const GridWords& words) const;

 private:
  bool make_cell(std::size_t index, const pipelines::comparison::Cell& cell);
  bool make_job(std::size_t index, pipelines::GenerationRequest request);
  void keep(std::size_t index, const pipelines::GenerationRequest& request, std::vector<service::MadePicture> made);

  const RunningScript& script_;
  service::Studio& studio_;
  service::Job last_job_;
  std::vector<pipelines::comparison::CellResult> results_;
  std::vector<std::vector<service::MadePicture>> made_;  // of each cell
};

}  // namespace fude::server
