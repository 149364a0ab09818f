#include "pipelines/inpaint_mask.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "io/images/blur.h"
#include "io/images/composite.h"
#include "io/images/fit.h"

namespace fude::pipelines {
namespace {

using io::Image;

/// One side of a rectangle.
struct Span {
  int from, to;
};

// Makes a side `more` longer on both ends, then moves it back inside 0..limit as far as it fits.
Span lengthened(Span span, int more, int limit) {
  span.from -= more / 2;
  span.to += more - more / 2;
  if (span.to >= limit) {
    span.from -= span.to - limit;
    span.to = limit;
  }
  if (span.from < 0) {
    span.to -= span.from;
    span.from = 0;
  }
  return {span.from, std::min(span.to, limit)};
}

bool is_opaque(const Image& alpha) {
  return std::ranges::all_of(alpha.pixels, [](std::uint8_t byte) { return byte == 255; });
}

Image opaque(const Image& rgb) {
  Image white{.width = rgb.width, .height = rgb.height, .channels = 1, .pixels = {}};
  white.pixels.assign(rgb.pixels.size() / 3, 255);
  return io::premultiplied(rgb, white);
}

Image without_alpha(const Image& rgba) {
  Image rgb{.width = rgba.width, .height = rgba.height, .channels = 3, .pixels = {}};
  rgb.pixels.resize(rgba.pixels.size() / 4 * 3);
  for (std::size_t i = 0; i < rgba.pixels.size() / 4; ++i) {
    std::copy_n(rgba.pixels.begin() + static_cast<std::ptrdiff_t>(i * 4), 3,
                rgb.pixels.begin() + static_cast<std::ptrdiff_t>(i * 3));
  }
  return rgb;
}

// The picture at its place in an otherwise transparent one.
Image placed(const Image& rgb, const Region& place, int width, int height) {
  const Image part = opaque(io::fit(rgb, place.width(), place.height(), io::FitMode::kCrop));
  return io::crop(part, -place.left, -place.top, width, height);
}

}  // namespace

Image mask_of(const Image& image, bool rounds) {
  if (image.channels != 4) return io::luminance(image);
  Image alpha = io::alpha_of(image);
  if (is_opaque(alpha)) return io::luminance(image);
  if (rounds) {
    for (std::uint8_t& byte : alpha.pixels) byte = byte > 128 ? 255 : 0;
  }
  return alpha;
}

std::optional<Region> masked_region(const Image& mask, int padding) {
  Region region{.left = mask.width, .top = mask.height, .right = 0, .bottom = 0};
  std::size_t i = 0;
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x, ++i) {
      if (mask.pixels[i] == 0) continue;
      region = {.left = std::min(region.left, x),
                .top = std::min(region.top, y),
                .right = std::max(region.right, x + 1),
                .bottom = y + 1};
    }
  }
  if (region.right == 0) return std::nullopt;
  return Region{.left = std::max(region.left - padding, 0),
                .top = std::max(region.top - padding, 0),
                .right = std::min(region.right + padding, mask.width),
                .bottom = std::min(region.bottom + padding, mask.height)};
}

Region widened(Region region, int width, int height, int picture_width, int picture_height) {
  const double wanted = static_cast<double>(width) / height;
  if (static_cast<double>(region.width()) / region.height() > wanted) {
    const int more = static_cast<int>(region.width() / wanted - region.height());
    const Span rows = lengthened({region.top, region.bottom}, more, picture_height);
    return {.left = region.left, .top = rows.from, .right = region.right, .bottom = rows.to};
  }
  const int more = static_cast<int>(region.height() * wanted - region.width());
  const Span columns = lengthened({region.left, region.right}, more, picture_width);
  return {.left = columns.from, .top = region.top, .right = columns.to, .bottom = region.bottom};
}

Image filled(const Image& rgb, const Image& mask) {
  constexpr std::array<std::pair<float, int>, 6> kBlurs{{{256, 1}, {64, 1}, {16, 2}, {4, 4}, {2, 2}, {0, 1}}};
  const Image known = io::premultiplied(rgb, io::inverted(mask));
  Image picture{.width = rgb.width, .height = rgb.height, .channels = 4, .pixels = {}};
  picture.pixels.resize(known.pixels.size());
  for (const auto& [radius, times] : kBlurs) {
    const Image blurred = io::unmultiplied(io::box_gaussian_blur(known, radius));
    for (int i = 0; i < times; ++i) io::lay_over(picture, blurred);
  }
  return without_alpha(picture);
}

Image overlay_of(const Image& rgb, const Image& mask) {
  return io::unmultiplied(io::premultiplied(rgb, io::inverted(mask)));
}

Image overlaid(const Image& result, const Image& overlay, const std::optional<Region>& place) {
  Image picture = place ? placed(result, *place, overlay.width, overlay.height) : opaque(result);
  io::lay_over(picture, overlay);
  return without_alpha(picture);
}

}  // namespace fude::pipelines
