#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/comparison/comparison_plan.h"
#include "pipelines/comparison/grid_drawing.h"
#include "service/job_queue.h"
#include "service/job_sources.h"

namespace fude::pipelines {
class ModelLibrary;
}

namespace fude::service {

class Gallery;
class JobFailures;
class Pace;
class SettingsStore;

/// What comparisons are planned with; all of it must outlive who uses it.
struct ComparisonPlace {
  const SettingsStore& settings;
  const pipelines::ModelLibrary& library;
  std::filesystem::path data_dir;
  const Pace& pace;
};

/// What an axis comes to.
struct AxisOutline {
  std::string label = {};                // empty: Nothing
  std::vector<std::string> values = {};  // that are tried
  std::string error = {};                // why it cannot be used
};

/// What a comparison comes to, before it begins.
struct ComparisonOutline {
  std::array<AxisOutline, 3> axes = {};
  std::string error = {};  // why the whole cannot be made; empty: it can
  std::int64_t cells = 0;
  std::int64_t pictures = 0;
  std::int64_t steps = 0;
  /// Absent where the pictures take their size from ones that are not read for this.
  std::optional<pipelines::comparison::GridSize> grid = {};
  std::optional<double> seconds = {};  // about; absent: nothing was made yet
  std::vector<std::string> warnings = {};
};

/// Reads an order (pipelines/comparison/comparison_order.h) as it is being written: what is wrong is told in the
/// outline. Throws Error only where the text is no order at all.
ComparisonOutline outline_comparison(std::string_view order, const ComparisonPlace& place);

/// The job of an order: checked, with its seeds fixed, so that carrying it out twice gives the same pictures. `given`:
/// pictures that all cells start from, where the order does not hold them itself. Throws Error as
/// parse_comparison_order() and ComparisonPlan do; kNotFound for a model that is not there, kInvalidArgument for a grid
/// that is too large.
struct CheckedComparison {
  NewJob job;
  std::vector<Source> sources;  // the pictures that all cells start from, which are kept beside the job
};
CheckedComparison checked_comparison(const NewJob& job, const ComparisonPlace& place,
                                     const std::vector<Source>& given = {});

/// What a stored job asks for, without those pictures.
pipelines::comparison::ComparisonOrder stored_order(const Job& job);

/// Which pictures of the job a cell has: `count` of them from `first`. Grids come behind all cells.
struct PictureRange {
  int first = 0;
  int count = 0;
};
std::vector<PictureRange> picture_ranges(const pipelines::comparison::ComparisonPlan& plan);

/// How a comparison stands: for pages that show it as a table.
struct ComparisonSheet {
  struct Cell {
    std::string name = {};
    std::vector<PictureId> pictures = {};
    std::string error = {};
  };
  std::string script = {};
  pipelines::comparison::PlanTable table = {};
  std::vector<Cell> cells = {};       // row by row, table by table
  std::vector<PictureId> grids = {};  // the whole, then that of each table
};

/// Throws Error(kInvalidArgument) when the job is no comparison, else as ComparisonPlan.
ComparisonSheet comparison_sheet(const Job& job, const JobQueue& queue, const JobFailures& failures,
                                 const Gallery& gallery, const std::filesystem::path& data_dir);

}  // namespace fude::service
