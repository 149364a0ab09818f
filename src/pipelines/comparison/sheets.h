#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "io/images/image.h"
#include "pipelines/comparison/cells.h"
#include "pipelines/comparison/comparison.h"
#include "pipelines/comparison/grid_drawing.h"
#include "pipelines/comparison/prompt_matrix.h"

namespace fude::pipelines::comparison {

/// The grids of comparisons and matrices, out of what became of their cells. Cells that failed show why; those that
/// were not begun stay blank.

/// How large the grid will be when its cells are at most `picture` large: known before the work begins.
GridSize sheet_size(const Comparison& comparison, const PictureSize& picture);
GridSize sheet_size(const PromptMatrix& matrix, const PictureSize& picture);

/// The grid of one Z value.
io::Image sub_sheet(const Comparison& comparison, std::span<const CellResult> results, std::size_t z);

/// The whole: with Z values, their grids in a row, each with its title.
io::Image sheet(const Comparison& comparison, std::span<const CellResult> results);
io::Image sheet(const PromptMatrix& matrix, std::span<const CellResult> results);

/// A plain grid of the cells that have pictures, as `n_rows` of the settings (see grid_rows) asks for.
io::Image plain_sheet(std::span<const CellResult> results, int rows, std::size_t batch_size, bool prevents_empty);

}  // namespace fude::pipelines::comparison
