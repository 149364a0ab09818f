#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fude::io {

/// A picture in memory: 8 bits a channel, rows from top to bottom without padding, channels interleaved.
struct Image {
  int width = 0;
  int height = 0;
  int channels = 0;                  // 1 grey, 3 RGB, 4 RGBA (alpha not premultiplied)
  std::vector<std::uint8_t> pixels;  // height * width * channels bytes
};

/// One value of [-1, 1] as a byte: trunc(255 * clamp((x + 1) / 2, 0, 1)) in single precision, as the reference does
/// (it cuts, it does not round). NaN becomes 0.
std::uint8_t to_byte(float value);

/// A decoder's output as a picture. `planes` [channels, height, width] in [-1, 1]; channels 1, 3 or 4.
/// Throws Error(kInvalidArgument) when the number of values is not the product of the sizes.
Image image_from_planes(std::span<const float> planes, int channels, int height, int width);

/// The reverse, for encoding: [channels, height, width] in [-1, 1].
std::vector<float> planes_from_image(const Image& image);

}  // namespace fude::io
