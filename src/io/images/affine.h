#pragma once

#include <optional>
#include <span>

#include "io/images/composite.h"
#include "io/images/image.h"

namespace fude::io {

/// A place in a picture, in pixels from the middle of the upper left one.
struct PicturePoint {
  double x = 0, y = 0;
};

/// (x, y) -> (xx*x + xy*y + x0, yx*x + yy*y + y0).
struct AffineMap {
  double xx = 1, xy = 0, x0 = 0;
  double yx = 0, yy = 1, y0 = 0;

  PicturePoint operator()(const PicturePoint& at) const {
    return {.x = xx * at.x + xy * at.y + x0, .y = yx * at.x + yy * at.y + y0};
  }
  /// Absent where everything falls on one line.
  std::optional<AffineMap> inverse() const;
  /// This map of points that are moved by (x, y) first.
  AffineMap after_shift(double x, double y) const;
};

/// The map that turns, enlarges and moves `from` onto `to`, of equally many points: of all pairs of points the one
/// whose map leaves the least median of squared distances says which points fit (Rousseeuw 1984), and through those
/// goes the map of least squares. As OpenCV's estimateAffinePartial2D with LMEDS, which draws its pairs by chance.
/// Absent for fewer than two points, and where they lie on one spot.
std::optional<AffineMap> similarity_between(std::span<const PicturePoint> from, std::span<const PicturePoint> to);

/// A picture of width x height whose pixel at p is the source's at to_source(p), between its four neighbours in steps
/// of 1/32 pixel, as OpenCV's warpAffine has it; `ground` is what lies outside (grey pictures: its red).
Image warped(const Image& source, const AffineMap& to_source, int width, int height, Rgb ground);

}  // namespace fude::io
