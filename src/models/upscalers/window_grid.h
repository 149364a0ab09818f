#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace fude::models {

/// Windows of height x width tokens that a map is cut into, beginning at its corner.
struct WindowGrid {
  int64_t height = 8;
  int64_t width = 8;

  int64_t tokens() const { return height * width; }
  bool operator==(const WindowGrid&) const = default;
};

/// map [B,H,W,C], H and W multiples of the windows' -> [B*windows,tokens,C], row by row.
at::Tensor cut_into_windows(const at::Tensor& map, const WindowGrid& grid);

/// The reverse.
at::Tensor join_windows(const at::Tensor& windows, const WindowGrid& grid, int64_t height, int64_t width);

/// Row of a table of (2h-1)(2w-1) relative positions for each pair of tokens: [tokens,tokens], int64.
at::Tensor relative_positions(const WindowGrid& grid);

/// What is rolled beyond an edge comes in at the other: for a map of height x width rolled by (-rows, -columns) and cut
/// into windows, which part of the picture each token is from: [windows,tokens], int64. rows and columns are at most
/// the windows' sides.
at::Tensor rolled_regions(const WindowGrid& grid, int64_t height, int64_t width, int64_t rows, int64_t columns);

}  // namespace fude::models
