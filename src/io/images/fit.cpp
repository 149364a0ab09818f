#include "io/images/fit.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "io/images/resample.h"

namespace fude::io {
namespace {

Image resized(const Image& image, int width, int height, const Enlarge& enlarge) {
  const double factor = std::max(static_cast<double>(width) / image.width, static_cast<double>(height) / image.height);
  if (!enlarge || factor <= 1) return resample(image, width, height, ResampleFilter::kLanczos);
  return resample(enlarge(image, factor), width, height, ResampleFilter::kLanczos);
}

// Lays `part` over `picture` with its corner at (left, top), which may be outside; both have as many channels.
void paste(Image& picture, const Image& part, int left, int top) {
  const int from_x = std::max(0, -left), to_x = std::min(part.width, picture.width - left);
  if (from_x >= to_x) return;
  const auto channels = static_cast<std::size_t>(picture.channels);
  const auto offset = [channels](const Image& image, int x, int y) {
    return (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) + static_cast<std::size_t>(x)) *
           channels;
  };
  for (int y = std::max(0, -top); y < std::min(part.height, picture.height - top); ++y) {
    std::copy_n(part.pixels.data() + offset(part, from_x, y), static_cast<std::size_t>(to_x - from_x) * channels,
                picture.pixels.data() + offset(picture, left + from_x, top + y));
  }
}

// A strip made of what lies around one line of the picture.
Image drawn_out(const Image& image, int width, int height, const ResampleBox& line) {
  return resample(image, width, height, ResampleFilter::kBicubic, line);
}

void fill_above_and_below(Image& picture, const Image& inner, int top) {
  if (top <= 0) return;
  const double w = inner.width, h = inner.height;
  paste(picture, drawn_out(inner, picture.width, top, {.right = w}), 0, 0);
  paste(picture, drawn_out(inner, picture.width, top, {.top = h, .right = w, .bottom = h}), 0, top + inner.height);
}

void fill_left_and_right(Image& picture, const Image& inner, int left) {
  if (left <= 0) return;
  const double w = inner.width, h = inner.height;
  paste(picture, drawn_out(inner, left, picture.height, {.bottom = h}), 0, 0);
  paste(picture, drawn_out(inner, left, picture.height, {.left = w, .right = w, .bottom = h}), left + inner.width, 0);
}

int scaled(int side, int numerator, int denominator) {
  return std::max<int>(1, static_cast<int>(std::int64_t{side} * numerator / denominator));
}

}  // namespace

Image fit(const Image& image, int width, int height, FitMode mode, const Enlarge& enlarge) {
  if (mode == FitMode::kStretch || width < 1 || height < 1 || image.width < 1 || image.height < 1)
    return resized(image, width, height, enlarge);
  const std::int64_t wanted = std::int64_t{width} * image.height, given = std::int64_t{height} * image.width;
  const bool keeps_width = mode == FitMode::kCrop ? wanted > given : wanted < given;
  const bool keeps_height = mode == FitMode::kCrop ? wanted <= given : wanted >= given;
  const int inner_width = keeps_width ? width : scaled(image.width, height, image.height);
  const int inner_height = keeps_height ? height : scaled(image.height, width, image.width);
  const Image inner = resized(image, inner_width, inner_height, enlarge);
  Image result{.width = width, .height = height, .channels = image.channels, .pixels = {}};
  result.pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                       static_cast<std::size_t>(image.channels));
  const int left = width / 2 - inner_width / 2, top = height / 2 - inner_height / 2;
  paste(result, inner, left, top);
  if (mode == FitMode::kFill && wanted < given) fill_above_and_below(result, inner, top);
  if (mode == FitMode::kFill && wanted > given) fill_left_and_right(result, inner, left);
  return result;
}

}  // namespace fude::io
