#include "io/images/composite.h"

#include <algorithm>
#include <cstddef>

namespace fude::io {
namespace {

std::size_t area(const Image& image) {
  return static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
}

Image blank(const Image& like, int channels) {
  return {.width = like.width,
          .height = like.height,
          .channels = channels,
          .pixels = std::vector<std::uint8_t>(area(like) * static_cast<std::size_t>(channels))};
}

std::uint32_t shifted(std::uint32_t value) { return ((value >> 8U) + value) >> 8U; }

// value / 255, rounded.
std::uint8_t divided(std::uint32_t value) { return static_cast<std::uint8_t>(shifted(value + 128)); }

// One RGBA pixel over another.
void lay_pixel(std::uint8_t* below, const std::uint8_t* above) {
  constexpr std::uint32_t kDigits = 7;  // of precision
  const std::uint32_t alpha = above[3];
  if (alpha == 0) return;
  const std::uint32_t outer = alpha * 255 + below[3] * (255 - alpha);
  const std::uint32_t share = alpha * 255 * 255 * (1U << kDigits) / outer;
  const std::uint32_t rest = 255 * (1U << kDigits) - share;
  for (int c = 0; c < 3; ++c) {
    const std::uint32_t mixed = above[c] * share + below[c] * rest;
    below[c] = static_cast<std::uint8_t>(shifted(mixed + (0x80U << kDigits)) >> kDigits);
  }
  below[3] = static_cast<std::uint8_t>(shifted(outer + 0x80U));
}

}  // namespace

Image luminance(const Image& image) {
  if (image.channels == 1) return image;
  Image grey = blank(image, 1);
  const auto channels = static_cast<std::size_t>(image.channels);
  for (std::size_t i = 0; i < grey.pixels.size(); ++i) {
    const std::uint8_t* pixel = image.pixels.data() + i * channels;
    grey.pixels[i] =
        static_cast<std::uint8_t>((pixel[0] * 19595U + pixel[1] * 38470U + pixel[2] * 7471U + 0x8000U) >> 16U);
  }
  return grey;
}

Image alpha_of(const Image& image) {
  Image alpha = blank(image, 1);
  for (std::size_t i = 0; i < alpha.pixels.size(); ++i) alpha.pixels[i] = image.pixels[i * 4 + 3];
  return alpha;
}

Image colours_of(const Image& image) {
  if (image.channels == 3) return image;
  Image rgb = blank(image, 3);
  const auto channels = static_cast<std::size_t>(image.channels);
  for (std::size_t i = 0; i < area(image); ++i) {
    for (std::size_t c = 0; c < 3; ++c) rgb.pixels[3 * i + c] = image.pixels[i * channels + (channels == 1 ? 0 : c)];
  }
  return rgb;
}

Image blended(const Image& first, const Image& second, double share) {
  Image image = first;
  const auto part = static_cast<float>(share);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    const auto a = static_cast<float>(first.pixels[i]), b = static_cast<float>(second.pixels[i]);
    image.pixels[i] = static_cast<std::uint8_t>(a + part * (b - a));
  }
  return image;
}

Image flattened(const Image& image, Rgb ground) {
  if (image.channels == 3) return image;
  Image flat = blank(image, 3);
  const std::uint8_t below[3] = {ground.red, ground.green, ground.blue};
  const auto channels = static_cast<std::size_t>(image.channels);
  for (std::size_t i = 0; i < area(image); ++i) {
    const std::uint8_t* pixel = image.pixels.data() + i * channels;
    const std::uint32_t alpha = channels == 4 ? pixel[3] : 255;
    for (std::size_t c = 0; c < 3; ++c) {
      flat.pixels[i * 3 + c] = divided(below[c] * (255 - alpha) + pixel[channels == 1 ? 0 : c] * alpha);
    }
  }
  return flat;
}

Image premultiplied(const Image& rgb, const Image& coverage) {
  Image result = blank(rgb, 4);
  for (std::size_t i = 0; i < area(rgb); ++i) {
    const std::uint32_t alpha = coverage.pixels[i];
    for (std::size_t c = 0; c < 3; ++c) result.pixels[i * 4 + c] = divided(rgb.pixels[i * 3 + c] * alpha);
    result.pixels[i * 4 + 3] = static_cast<std::uint8_t>(alpha);
  }
  return result;
}

Image unmultiplied(const Image& premultiplied) {
  Image result = premultiplied;
  for (std::size_t i = 0; i < area(result); ++i) {
    std::uint8_t* pixel = result.pixels.data() + i * 4;
    const std::uint32_t alpha = pixel[3];
    if (alpha == 0 || alpha == 255) continue;
    for (int c = 0; c < 3; ++c) pixel[c] = static_cast<std::uint8_t>(std::min(pixel[c] * 255U / alpha, 255U));
  }
  return result;
}

void lay_over(Image& below, const Image& above) {
  for (std::size_t i = 0; i < area(below); ++i) lay_pixel(below.pixels.data() + i * 4, above.pixels.data() + i * 4);
}

Image crop(const Image& image, int left, int top, int width, int height) {
  Image part{.width = width, .height = height, .channels = image.channels, .pixels = {}};
  const auto channels = static_cast<std::size_t>(image.channels);
  part.pixels.resize(area(part) * channels);
  const int from = std::max(0, -left), to = std::min(width, image.width - left);
  if (from >= to) return part;
  for (int y = std::max(0, -top); y < std::min(height, image.height - top); ++y) {
    const auto offset = [channels](const Image& of, int x, int row) {
      return (static_cast<std::size_t>(row) * static_cast<std::size_t>(of.width) + static_cast<std::size_t>(x)) *
             channels;
    };
    std::copy_n(image.pixels.data() + offset(image, left + from, top + y),
                static_cast<std::size_t>(to - from) * channels, part.pixels.data() + offset(part, from, y));
  }
  return part;
}

Image inverted(Image image) {
  for (std::uint8_t& byte : image.pixels) byte = static_cast<std::uint8_t>(255 - byte);
  return image;
}

}  // namespace fude::io
