#pragma once

#include <vector>

#include "io/images/affine.h"

namespace fude::io {

/// How much of one picture is laid over another, in [0,1] for each pixel; rows from top to bottom without padding.
struct SoftMask {
  int width = 0;
  int height = 0;
  std::vector<float> shares;
};

/// One share everywhere.
SoftMask even_mask(int width, int height, float share);

/// As warped() of pictures, with nothing outside.
SoftMask warped(const SoftMask& source, const AffineMap& to_source, int width, int height);

/// Each share becomes the least in a square of `side` pixels around it, the larger half of an even one above and to the
/// left; what lies outside does not count. As OpenCV's erode.
SoftMask eroded(const SoftMask& mask, int side);

/// Blurred with a Gaussian of `taps` (odd) values and `sigma` pixels, edges mirrored without repeating the last pixel,
/// as OpenCV's GaussianBlur.
SoftMask blurred(const SoftMask& mask, int taps, double sigma);

}  // namespace fude::io
