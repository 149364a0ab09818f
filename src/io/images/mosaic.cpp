#include "io/images/mosaic.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/error.h"

namespace fude::io {
namespace {

struct Square {
  int left, top, right, bottom;
};

std::size_t place_of(const Image& image, int x, int y) {
  return (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) + static_cast<std::size_t>(x)) *
         static_cast<std::size_t>(image.channels);
}

bool is_masked(const Image& mask, int x, int y) {
  const std::uint8_t* pixel = mask.pixels.data() + place_of(mask, x, y);
  if (mask.channels == 1) return pixel[0] >= 128;
  const int brightness = (pixel[0] + pixel[1] + pixel[2]) / 3;
  return (mask.channels == 4 ? brightness * pixel[3] / 255 : brightness) >= 128;
}

bool touches(const Image& mask, const Square& square) {
  for (int y = square.top; y < square.bottom; ++y) {
    for (int x = square.left; x < square.right; ++x) {
      if (is_masked(mask, x, y)) return true;
    }
  }
  return false;
}

void level(Image& image, const Square& square) {
  const bool has_alpha = image.channels == 4;
  const int colours = has_alpha ? 3 : image.channels;
  std::array<std::uint64_t, 4> sums{};
  std::uint64_t weights = 0;
  for (int y = square.top; y < square.bottom; ++y) {
    for (int x = square.left; x < square.right; ++x) {
      const std::uint8_t* pixel = image.pixels.data() + place_of(image, x, y);
      const std::uint64_t weight = has_alpha ? pixel[3] : 1;
      for (int c = 0; c < colours; ++c) sums[static_cast<std::size_t>(c)] += weight * pixel[c];
      weights += weight;
    }
  }
  const auto count =
      static_cast<std::uint64_t>(square.right - square.left) * static_cast<std::uint64_t>(square.bottom - square.top);
  std::array<std::uint8_t, 4> mean{};
  for (std::size_t c = 0; c < static_cast<std::size_t>(colours); ++c) {
    mean[c] = static_cast<std::uint8_t>(weights == 0 ? 0 : (sums[c] + weights / 2) / weights);
  }
  if (has_alpha) mean[3] = static_cast<std::uint8_t>((weights + count / 2) / count);
  for (int y = square.top; y < square.bottom; ++y) {
    for (int x = square.left; x < square.right; ++x) {
      std::copy_n(mean.begin(), image.channels, image.pixels.data() + place_of(image, x, y));
    }
  }
}

}  // namespace

int mosaic_block(const Image& image) { return std::max(4, (std::max(image.width, image.height) + 99) / 100); }

Image mosaic(const Image& image, const Image& mask, int block) {
  if (block < 2 || block > 1024) fail(ErrorCode::kInvalidArgument, "block is {} pixels, expected 2..1024", block);
  if (mask.width != image.width || mask.height != image.height) {
    fail(ErrorCode::kInvalidArgument, "the mask is {}x{}, expected the picture's size, {}x{}", mask.width, mask.height,
         image.width, image.height);
  }
  Image result = image;
  bool is_empty = true;
  for (int top = 0; top < image.height; top += block) {
    for (int left = 0; left < image.width; left += block) {
      const Square square{left, top, std::min(left + block, image.width), std::min(top + block, image.height)};
      if (!touches(mask, square)) continue;
      level(result, square);
      is_empty = false;
    }
  }
  if (is_empty) fail(ErrorCode::kInvalidArgument, "the mask is empty, expected white where the mosaic is to be");
  return result;
}

}  // namespace fude::io
