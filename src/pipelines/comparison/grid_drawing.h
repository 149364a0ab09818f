#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/images/image.h"

namespace fude::pipelines::comparison {

/// One line beside a row or above a column.
struct LegendLine {
  std::string text;
  bool is_active = true;  // false: grey and struck out

  bool operator==(const LegendLine&) const = default;
};
using Legend = std::vector<LegendLine>;

/// What stands in one place of a grid.
struct GridPlace {
  const io::Image* picture = nullptr;  // RGB or grey or RGBA (its alpha does not count); null: none
  std::string message = {};            // in the place of a picture: why there is none; empty: the place stays blank
};

/// A grid without its pictures: enough to know how large it will be.
struct GridLayout {
  std::size_t columns = 1;
  std::size_t rows = 1;
  int cell_width = 0;  // pixels; smaller pictures stand in the middle
  int cell_height = 0;
  std::vector<Legend> column_legends = {};  // one a column, or none
  std::vector<Legend> row_legends = {};     // one a row, or none
  int margin = 0;                           // pixels between cells
};

struct GridSize {
  std::int64_t width = 0;
  std::int64_t height = 0;
};

/// How large the grid will be, legends included.
GridSize grid_size(const GridLayout& layout);

/// The most pixels of a grid: the web UI's img_max_size_mp, millions.
inline constexpr double kMostMegapixels = 200;

/// Throws Error(kInvalidArgument) that says what can be done when the size is beyond the limit.
void check_grid_size(const GridSize& size, double most_megapixels = kMostMegapixels);

/// Draws pictures in rows, from the left, with legends above and to the left: black on white, letters of
/// (width + height) / 25 pixels, smaller where a word would not fit, lines wrapped. The left column is 3/4 of a cell.
/// Japanese and other scripts are drawn with what fonts the system has. `places` are row by row; fewer than the layout
/// has leave the rest blank. The result is RGB. Throws Error(kInvalidArgument) for a size beyond kMostMegapixels.
io::Image draw_grid(const GridLayout& layout, std::span<const GridPlace> places);

/// Rows of a plain grid of `count` pictures (1 or more): `wanted` rows where that is positive; -1 is near a square, 0
/// one row for each `batch_size` pictures. `prevents_empty` takes the next number of rows that divides the count.
/// Never more rows than pictures.
std::size_t grid_rows(std::size_t count, int wanted, std::size_t batch_size, bool prevents_empty);

/// The layout of a plain grid: cells as large as the largest picture.
GridLayout plain_layout(std::span<const GridPlace> places, std::size_t rows);

}  // namespace fude::pipelines::comparison
