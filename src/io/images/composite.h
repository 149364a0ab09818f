#pragma once

#include <cstdint>

#include "io/images/image.h"

namespace fude::io {

/// All of these compute bit for bit as Pillow 9 does, in whole numbers.

struct Rgb {
  std::uint8_t red = 255, green = 255, blue = 255;
};

/// One channel: (19595 R + 38470 G + 7471 B) / 65536, rounded. Grey pictures stay; alpha is dropped.
Image luminance(const Image& image);

/// One channel: the alpha of an RGBA picture.
Image alpha_of(const Image& image);

/// Three channels: colours without alpha; grey becomes RGB.
Image colours_of(const Image& image);

/// Three channels: an RGBA picture on a ground of one colour. Grey becomes RGB.
Image flattened(const Image& image, Rgb ground);

/// RGBA with colours multiplied by `coverage` (grey, of the same size), which becomes the alpha.
Image premultiplied(const Image& rgb, const Image& coverage);

/// RGBA whose colours were multiplied by their alpha, without that.
Image unmultiplied(const Image& premultiplied);

/// Lays one RGBA picture over another of the same size.
void lay_over(Image& below, const Image& above);

/// (1 - share) * first + share * second, of one size and channels.
Image blended(const Image& first, const Image& second, double share);

/// Part of a picture; what lies outside it is black and transparent.
Image crop(const Image& image, int left, int top, int width, int height);

/// Every byte b -> 255 - b.
Image inverted(Image image);

}  // namespace fude::io
