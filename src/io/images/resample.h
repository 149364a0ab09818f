#pragma once

#include <optional>

#include "io/images/image.h"

namespace fude::io {

/// How far around a pixel a new one looks, and how it weighs what it sees. All but kNearest widen when a picture
/// shrinks, so that every old pixel counts.
enum class ResampleFilter { kNearest, kBox, kBilinear, kHamming, kBicubic, kLanczos };

/// Part of a picture in pixels, fractions allowed. Where right == left or bottom == top it stands for what the filter
/// sees around that line.
struct ResampleBox {
  double left = 0, top = 0, right = 0, bottom = 0;
};

/// The picture, or the part of it in `box`, at another size, bit for bit as Pillow computes it: columns first, then
/// rows, 8 bits in between, weights in fixed point with 22 binary digits. Colours are weighed by their alpha except
/// with kNearest. The same size without a box gives the picture itself. Throws Error(kInvalidArgument) for sizes below
/// 1 or of more than kMostPixels (png_file.h) in all, for a box that leaves the picture, and for an image whose sizes
/// do not fit its pixels.
Image resample(const Image& image, int width, int height, ResampleFilter filter,
               const std::optional<ResampleBox>& box = std::nullopt);

}  // namespace fude::io
