#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "io/images/image.h"
#include "pipelines/comparison/comparison_plan.h"
#include "pipelines/comparison/grid_drawing.h"

namespace fude::pipelines::comparison {

/// How large the grid of a plan will be when its cells are at most `picture` large; absent where it has none. Throws
/// as check_grid_size().
std::optional<GridSize> sheet_size(const ComparisonPlan& plan, const PictureSize& picture);

/// One of the plan's grids (grid_count()): the whole, then that of each Z value.
io::Image sheet(const ComparisonPlan& plan, std::span<const CellResult> results, std::size_t grid = 0);

}  // namespace fude::pipelines::comparison
