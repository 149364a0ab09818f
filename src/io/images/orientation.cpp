#include "io/images/orientation.h"

#include <algorithm>
#include <cstdint>

#include "io/images/exif.h"

namespace fude::io {
int exif_orientation(std::span<const std::byte> exif) { return read_exif(exif).orientation; }

Image upright(Image image, int orientation) {
  if (orientation < 2 || orientation > 8) return image;
  const bool swaps = orientation >= 5;
  // Where a pixel of the upright picture is found: swapped first, then counted from the other end.
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Image turned{.width = swaps ? image.height : image.width,
               .height = swaps ? image.width : image.height,
               .channels = image.channels,
               .pixels = std::vector<std::uint8_t>(image.pixels.size())};
  const auto channels = static_cast<std::size_t>(image.channels);
  std::size_t target = 0;
  for (int y = 0; y < turned.height; ++y) {
    for (int x = 0; x < turned.width; ++x, target += channels) {
      int column = swaps ? y : x, row = swaps ? x : y;
      if (from_right) column = image.width - 1 - column;
      if (from_bottom) row = image.height - 1 - row;
      const std::size_t source =
          (static_cast<std::size_t>(row) * static_cast<std::size_t>(image.width) + static_cast<std::size_t>(column)) *
          channels;
      std::copy_n(image.pixels.begin() + static_cast<std::ptrdiff_t>(source), channels,
                  turned.pixels.begin() + static_cast<std::ptrdiff_t>(target));
    }
  }
  return turned;
}

}  // namespace fude::io
