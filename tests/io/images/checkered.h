#pragma once

#include "io/images/image.h"

namespace fude::tests {

/// A picture of 5 x 3 pixels, every byte another.
inline io::Image checkered(int channels) {
  io::Image image{.width = 5, .height = 3, .channels = channels, .pixels = {}};
  for (int i = 0; i < 5 * 3 * channels; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i * 7));
  return image;
}

}  // namespace fude::tests
