#pragma once

#include "io/images/image.h"

namespace fude::io {

/// Peak signal-to-noise ratio of two pictures of one size, in decibels: 10 log10(255^2 / mean squared difference).
/// Equal pictures have 100, more than any that differ can have. Above 35 or so nobody sees a difference. Throws
/// Error(kInvalidArgument) when the sizes or channels differ, or there are no pixels.
double signal_to_noise(const Image& reference, const Image& picture);

/// Where and by how much two pictures differ.
struct LevelDifference {
  int most = 0;           // levels of 0..255, of any channel
  double share = 0;       // of the pixels that differ, 0..1
  int left = 0, top = 0;  // the smallest rectangle around them, in pixels
  int width = 0, height = 0;
};

/// Throws Error(kInvalidArgument) when the sizes or channels differ.
LevelDifference level_difference(const Image& reference, const Image& picture);

}  // namespace fude::io
