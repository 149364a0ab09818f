#include "models/upscalers/window_grid.h"

namespace fude::models {
namespace {

// 0 for tokens whose window holds no seam; in the last windows 1 before the seam and 2 behind it.
at::Tensor parts_along(int64_t length, int64_t window, int64_t roll) {
  at::Tensor parts = at::zeros({length}, at::kLong);
  parts.narrow(0, length - window, window).fill_(1);
  if (roll > 0) parts.narrow(0, length - roll, roll).fill_(2);
  return parts;
}

// [tokens] row and column of each token.
at::Tensor rows_of(const WindowGrid& grid) { return at::arange(grid.height, at::kLong).repeat_interleave(grid.width); }
at::Tensor columns_of(const WindowGrid& grid) { return at::arange(grid.width, at::kLong).repeat({grid.height}); }

at::Tensor differences(const at::Tensor& positions) { return positions.unsqueeze(1) - positions.unsqueeze(0); }

}  // namespace

at::Tensor cut_into_windows(const at::Tensor& map, const WindowGrid& grid) {
  const int64_t rows = map.size(1) / grid.height, columns = map.size(2) / grid.width;
  return map.reshape({map.size(0), rows, grid.height, columns, grid.width, map.size(3)})
      .permute({0, 1, 3, 2, 4, 5})
      .reshape({-1, grid.tokens(), map.size(3)});
}

at::Tensor join_windows(const at::Tensor& windows, const WindowGrid& grid, int64_t height, int64_t width) {
  return windows.reshape({-1, height / grid.height, width / grid.width, grid.height, grid.width, windows.size(2)})
      .permute({0, 1, 3, 2, 4, 5})
      .reshape({-1, height, width, windows.size(2)});
}

at::Tensor relative_positions(const WindowGrid& grid) {
  const at::Tensor rows = differences(rows_of(grid)) + (grid.height - 1);
  const at::Tensor columns = differences(columns_of(grid)) + (grid.width - 1);
  return rows * (2 * grid.width - 1) + columns;
}

at::Tensor rolled_regions(const WindowGrid& grid, int64_t height, int64_t width, int64_t rows, int64_t columns) {
  const at::Tensor down = parts_along(height, grid.height, rows), across = parts_along(width, grid.width, columns);
  const at::Tensor map = down.unsqueeze(1) * 3 + across.unsqueeze(0);
  return cut_into_windows(map.view({1, height, width, 1}), grid).squeeze(2);
}

}  // namespace fude::models
