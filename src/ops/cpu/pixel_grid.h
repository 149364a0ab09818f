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

  /// y in [-height, 2 height), x likewise.
  const void* at(std::int64_t picture, std::int64_t y, std::int64_t x) const {
    const bool is_inside = y >= 0 && y < pictures_.height && x >= 0 && x < pictures_.width;
    if (!is_inside) {
      if (edge_ == Edge::kZero) return zeros_.data();
      y = (y + pictures_.height) % pictures_.height;
      x = (x + pictures_.width) % pictures_.width;
    }
    const std::int64_t pixel = (picture * pictures_.height + y) * pictures_.width + x;
    return static_cast<const char*>(pictures_.data) + pixel * pixel_bytes_;
  }

 private:
  Pictures pictures_;
  std::int64_t pixel_bytes_;
  Edge edge_;
  std::vector<char> zeros_;
};

}  // namespace fude::ops::cpu
