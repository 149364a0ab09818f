#pragma once

#include <span>
#include <vector>

#include "io/images/image.h"

namespace fude::pipelines {

/// A picture cut into tiles of one size that overlap, as the web UI's SD upscale cuts it. Sizes in pixels.
struct PictureGrid {
  int width = 0, height = 0;            // of the picture
  int tile_width = 0, tile_height = 0;  // multiples of 8
  int overlap = 0;                      // in which one tile gives way to the next; they may share more
  std::vector<int> lefts = {}, tops = {};

  int count() const { return static_cast<int>(lefts.size() * tops.size()); }
};

/// Tiles evenly spread over the picture; one along a side that is no longer than theirs, cut to multiples of 8 then.
/// Throws Error(kInvalidArgument) for an overlap that is not less than the tile's sides, and for a picture of less than
/// 64 pixels a side.
PictureGrid picture_grid(int width, int height, int tile_width, int tile_height, int overlap);

/// Tile `index` of an RGB picture, counted by rows.
io::Image tile_of(const io::Image& picture, const PictureGrid& grid, int index);

/// The picture that RGB tiles make together: over the overlap's pixels each gives way linearly to the next, first to
/// the right, then down.
io::Image joined_tiles(const PictureGrid& grid, std::span<const io::Image> tiles);

}  // namespace fude::pipelines
