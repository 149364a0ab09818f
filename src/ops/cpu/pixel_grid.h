#pragma once

#include <cstdint>
#include <vector>

#include "ops/cpu/convolution.h"

namespace fude::ops::cpu {

/// Where the pixels of pictures lie, those beyond the edges included.
class PixelGrid {
 public:
  PixelGrid(const Pictures& pictures, std::int64_t pixel_bytes, Edge edge)
      : pictures_(pictures), pixel_bytes_(pixel_bytes), edge_(edge), zeros_(static_cast<std::size_t>(pixel_bytes)) {}

  const Pictures& pictures() const { return pictures_; }
  std::int64_t pixel_bytes() const { return pixel_bytes_; }

  /// Pixels along the sides, as they are seen.
  std::int64_t height() const { return pictures_.height * scale(); }
  std::int64_t width() const { return pictures_.width * scale(); }

  /// y in [-height, 2 height), x likewise.
  const void* at(std::int64_t picture, std::int64_t y, std::int64_t x) const {
    const bool is_inside = y >= 0 && y < height() && x >= 0 && x < width();
    if (!is_inside) {
      if (edge_ == Edge::kZero) return zeros_.data();
      y = (y + height()) % height();
      x = (x + width()) % width();
    }
    const std::int64_t row = picture * pictures_.height + y / scale();
    const std::int64_t pixel = row * pictures_.width + x / scale();
    return static_cast<const char*>(pictures_.data) + pixel * pixel_bytes_;
  }

 private:
  std::int64_t scale() const { return pictures_.is_enlarged ? 2 : 1; }

  Pictures pictures_;
  std::int64_t pixel_bytes_;
  Edge edge_;
  std::vector<char> zeros_;
};

}  // namespace fude::ops::cpu
