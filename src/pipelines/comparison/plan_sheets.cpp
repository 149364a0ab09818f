#include "pipelines/comparison/plan_sheets.h"

#include "pipelines/comparison/sheets.h"

namespace fude::pipelines::comparison {
namespace {

constexpr int kNearSquare = -1;

GridSize plain_size(std::size_t count, const PictureSize& picture) {
  const std::size_t rows = grid_rows(count, kNearSquare, 1, /*prevents_empty=*/false);
  return grid_size(
      {.columns = (count + rows - 1) / rows, .rows = rows, .cell_width = picture.width, .cell_height = picture.height});
}

}  // namespace

std::optional<GridSize> sheet_size(const ComparisonPlan& plan, const PictureSize& picture) {
  if (!plan.has_grid()) return std::nullopt;
  GridSize size;
  if (const auto* plot = std::get_if<Comparison>(&plan.kind())) {
    size = sheet_size(*plot, picture);
  } else if (const auto* matrix = std::get_if<PromptMatrix>(&plan.kind())) {
    size = sheet_size(*matrix, picture);
  } else {
    size = plain_size(plan.cells().size(), picture);
  }
  check_grid_size(size);
  return size;
}

io::Image sheet(const ComparisonPlan& plan, std::span<const CellResult> results, std::size_t grid) {
  if (const auto* plot = std::get_if<Comparison>(&plan.kind())) {
    return grid == 0 ? sheet(*plot, results) : sub_sheet(*plot, results, grid - 1);
  }
  if (const auto* matrix = std::get_if<PromptMatrix>(&plan.kind())) return sheet(*matrix, results);
  return plain_sheet(results, kNearSquare, 1, /*prevents_empty=*/false);
}

}  // namespace fude::pipelines::comparison
