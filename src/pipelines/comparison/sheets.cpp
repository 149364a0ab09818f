#include "pipelines/comparison/sheets.h"

#include <algorithm>

#include "core/error.h"

namespace fude::pipelines::comparison {
namespace {

std::vector<Legend> legends_of(const AxisChoice& choice) {
  std::vector<Legend> legends;
  if (choice.is_nothing()) return legends;
  for (std::size_t i = 0; i < choice.size(); ++i) legends.push_back({{.text = legend_of(choice, i)}});
  return legends;
}

// Of the grid of one Z value.
GridLayout layout_of(const Comparison& comparison, const PictureSize& picture) {
  GridLayout layout{.columns = comparison.axes[0].size(),
                    .rows = comparison.axes[1].size(),
                    .cell_width = picture.width,
                    .cell_height = picture.height,
                    .margin = comparison.options.margin};
  if (comparison.options.has_legend) {
    layout.column_legends = legends_of(comparison.axes[0]);
    layout.row_legends = legends_of(comparison.axes[1]);
  }
  return layout;
}

// Of the row of those grids.
GridLayout row_layout(const Comparison& comparison, const GridSize& grid) {
  GridLayout layout{.columns = comparison.axes[2].size(),
                    .rows = 1,
                    .cell_width = static_cast<int>(grid.width),
                    .cell_height = static_cast<int>(grid.height),
                    .margin = comparison.options.margin};
  if (comparison.options.has_legend) layout.column_legends = legends_of(comparison.axes[2]);
  return layout;
}

// Every part of the prompt stands above each column, struck out where it does not take part.
std::vector<Legend> part_legends(std::span<const std::string> parts) {
  std::vector<Legend> legends;
  for (std::size_t choice = 0; !parts.empty() && choice < std::size_t{1} << parts.size(); ++choice) {
    Legend& legend = legends.emplace_back();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      legend.push_back({.text = parts[i], .is_active = (choice >> i & 1) != 0});
    }
  }
  return legends;
}

GridLayout layout_of(const PromptMatrix& matrix, const PictureSize& picture) {
  const std::span<const std::string> parts(matrix.parts);
  return {.columns = matrix.columns(),
          .rows = matrix.cells.size() / matrix.columns(),
          .cell_width = picture.width,
          .cell_height = picture.height,
          .column_legends = part_legends(parts.first(matrix.column_parts)),
          .row_legends = part_legends(parts.subspan(matrix.column_parts)),
          .margin = matrix.options.margin};
}

GridPlace place_of(const CellResult& result) {
  if (result.picture) return {.picture = &*result.picture};
  return {.message = result.error};
}

std::vector<GridPlace> places_of(std::span<const CellResult> results) {
  std::vector<GridPlace> places;
  for (const CellResult& result : results) places.push_back(place_of(result));
  return places;
}

// As large as the largest picture there is; without any, as one that was asked for.
PictureSize cell_size(std::span<const CellResult> results, std::span<const Cell> cells) {
  PictureSize size;
  for (const CellResult& result : results) {
    if (!result.picture) continue;
    size.width = std::max(size.width, result.picture->width);
    size.height = std::max(size.height, result.picture->height);
  }
  constexpr int kUsual = 512;
  return size.width > 0 ? size : largest_picture(cells, kUsual);
}

}  // namespace

GridSize sheet_size(const Comparison& comparison, const PictureSize& picture) {
  const GridSize grid = grid_size(layout_of(comparison, picture));
  check_grid_size(grid);  // and its sides fit into an int
  return comparison.axes[2].is_nothing() ? grid : grid_size(row_layout(comparison, grid));
}

GridSize sheet_size(const PromptMatrix& matrix, const PictureSize& picture) {
  return grid_size(layout_of(matrix, picture));
}

io::Image sub_sheet(const Comparison& comparison, std::span<const CellResult> results, std::size_t z) {
  const PictureSize size = cell_size(results, comparison.cells);
  const std::size_t count = comparison.axes[0].size() * comparison.axes[1].size();
  return draw_grid(layout_of(comparison, size), places_of(results.subspan(z * count, count)));
}

io::Image sheet(const Comparison& comparison, std::span<const CellResult> results) {
  if (comparison.axes[2].is_nothing()) return sub_sheet(comparison, results, 0);
  std::vector<io::Image> grids;
  for (std::size_t z = 0; z < comparison.axes[2].size(); ++z) grids.push_back(sub_sheet(comparison, results, z));
  std::vector<GridPlace> places;
  for (const io::Image& grid : grids) places.push_back({.picture = &grid});
  return draw_grid(row_layout(comparison, {.width = grids.front().width, .height = grids.front().height}), places);
}

io::Image sheet(const PromptMatrix& matrix, std::span<const CellResult> results) {
  return draw_grid(layout_of(matrix, cell_size(results, matrix.cells)), places_of(results));
}

io::Image plain_sheet(std::span<const CellResult> results, int rows, std::size_t batch_size, bool prevents_empty) {
  std::vector<GridPlace> places;
  for (const CellResult& result : results) {
    if (result.picture) places.push_back(place_of(result));
  }
  if (places.empty()) fail(ErrorCode::kInvalidArgument, "there is no picture to make a grid of");
  return draw_grid(plain_layout(places, grid_rows(places.size(), rows, batch_size, prevents_empty)), places);
}

}  // namespace fude::pipelines::comparison
