#include "pipelines/picture_tiles.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/error.h"
#include "io/images/composite.h"

namespace fude::pipelines {
namespace {

using io::Image;

constexpr int kCell = 8, kSmallest = 64, kChannels = 3;

std::vector<int> starts(int length, int side, int overlap) {
  const int step = side - overlap;
  const int count = std::max(1, (length - overlap + step - 1) / step);
  std::vector<int> places;
  for (int i = 0; i < count; ++i) {
    // In floating point, and then cut, as the web UI does.
    const double distance = count > 1 ? static_cast<double>(length - side) / (count - 1) : 0;
    places.push_back(std::min(static_cast<int>(i * distance), length - side));
  }
  return places;
}

Image blank(int width, int height) {
  Image image{.width = width, .height = height, .channels = kChannels, .pixels = {}};
  image.pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * kChannels);
  return image;
}

// How much of 255 the later of two tiles counts, `at` pixels into the overlap.
int later_share(int at, int overlap) { return at >= overlap ? 255 : at * 255 / overlap; }

// Rounded as Pillow's blending of bytes is.
std::uint8_t mixed(std::uint8_t before, std::uint8_t after, int share) {
  const int sum = after * share + before * (255 - share) + 128;
  return static_cast<std::uint8_t>((sum + (sum >> 8)) >> 8);
}

/// The axis along which a picture fades in.
enum class Fade { kNone, kAcross, kDown };

void lay(Image& ground, const Image& piece, int left, int top, Fade fade, int overlap) {
  for (int y = 0; y < piece.height; ++y) {
    for (int x = 0; x < piece.width; ++x) {
      const int share = fade == Fade::kNone ? 255 : later_share(fade == Fade::kAcross ? x : y, overlap);
      const auto from =
          (static_cast<std::size_t>(y) * static_cast<std::size_t>(piece.width) + static_cast<std::size_t>(x)) *
          kChannels;
      const auto to = (static_cast<std::size_t>(top + y) * static_cast<std::size_t>(ground.width) +
                       static_cast<std::size_t>(left + x)) *
                      kChannels;
      for (std::size_t c = 0; c < kChannels; ++c) {
        ground.pixels[to + c] = mixed(ground.pixels[to + c], piece.pixels[from + c], share);
      }
    }
  }
}

}  // namespace

PictureGrid picture_grid(int width, int height, int tile_width, int tile_height, int overlap) {
  if (std::min(width, height) < kSmallest) {
    fail(ErrorCode::kInvalidArgument, "the picture to redraw in tiles is {}x{}, expected at least {} pixels a side",
         width, height, kSmallest);
  }
  PictureGrid grid{.width = width,
                   .height = height,
                   .tile_width = std::min(tile_width, width) / kCell * kCell,
                   .tile_height = std::min(tile_height, height) / kCell * kCell,
                   .overlap = overlap};
  if (overlap >= std::min(grid.tile_width, grid.tile_height)) {
    fail(ErrorCode::kInvalidArgument, "sd_upscale_overlap is {}, expected less than the sides of a tile of {}x{}",
         overlap, grid.tile_width, grid.tile_height);
  }
  grid.lefts = starts(width, grid.tile_width, overlap);
  grid.tops = starts(height, grid.tile_height, overlap);
  return grid;
}

Image tile_of(const Image& picture, const PictureGrid& grid, int index) {
  const std::size_t columns = grid.lefts.size();
  const auto row = static_cast<std::size_t>(index) / columns, column = static_cast<std::size_t>(index) % columns;
  return io::crop(picture, grid.lefts.at(column), grid.tops.at(row), grid.tile_width, grid.tile_height);
}

Image joined_tiles(const PictureGrid& grid, std::span<const Image> tiles) {
  Image picture = blank(grid.width, grid.height);
  std::size_t next = 0;
  for (std::size_t row = 0; row < grid.tops.size(); ++row) {
    Image band = blank(grid.width, grid.tile_height);
    for (std::size_t column = 0; column < grid.lefts.size(); ++column) {
      lay(band, tiles[next++], grid.lefts[column], 0, column == 0 ? Fade::kNone : Fade::kAcross, grid.overlap);
    }
    lay(picture, band, 0, grid.tops[row], row == 0 ? Fade::kNone : Fade::kDown, grid.overlap);
  }
  return picture;
}

}  // namespace fude::pipelines
