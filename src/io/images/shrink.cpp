#include "io/images/shrink.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "core/error.h"

namespace fude::io {
namespace {

// The source pixels under one target pixel along an axis, and how much of the first and of the last one.
struct Span {
  int first = 0, last = 0;
  float first_share = 1, last_share = 1;

  float share(int at) const { return at == first ? first_share : at == last ? last_share : 1.0F; }
};

std::vector<Span> spans(int from, int to) {
  std::vector<Span> result;
  result.reserve(static_cast<std::size_t>(to));
  const double scale = static_cast<double>(from) / to;
  for (int i = 0; i < to; ++i) {
    const double begin = i * scale, end = (i + 1) * scale;
    Span span{.first = static_cast<int>(begin), .last = std::min(static_cast<int>(std::ceil(end)) - 1, from - 1)};
    span.last = std::max(span.last, span.first);
    span.first_share = static_cast<float>(std::min(end, span.first + 1.0) - begin);
    span.last_share = static_cast<float>(end - span.last);
    result.push_back(span);
  }
  return result;
}

std::uint8_t rounded(float value) { return static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, 255.0F)); }

// The average over one target pixel's area, written to `target`.
void average(const Image& image, const Span& row, const Span& column, std::uint8_t* target) {
  const auto channels = static_cast<std::size_t>(image.channels);
  const std::size_t colours = std::min<std::size_t>(channels, 3);
  std::array<float, 3> sums{};
  float area = 0, weight = 0;
  for (int y = row.first; y <= row.last; ++y) {
    const std::size_t start = static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width);
    const std::uint8_t* source = image.pixels.data() + (start + static_cast<std::size_t>(column.first)) * channels;
    for (int x = column.first; x <= column.last; ++x, source += channels) {
      const float part = row.share(y) * column.share(x);
      const float opaque = channels == 4 ? part * static_cast<float>(source[3]) / 255.0F : part;
      for (std::size_t c = 0; c < colours; ++c) sums[c] += opaque * static_cast<float>(source[c]);
      area += part;
      weight += opaque;
    }
  }
  for (std::size_t c = 0; c < colours; ++c) target[c] = weight > 0 ? rounded(sums[c] / weight) : std::uint8_t{0};
  if (channels == 4) target[3] = rounded(255.0F * weight / area);
}

}  // namespace

Image shrink(const Image& image, int width, int height) {
  if (width < 1 || height < 1 || width > image.width || height > image.height) {
    fail(ErrorCode::kInvalidArgument, "picture of {}x{} cannot shrink to {}x{}", image.width, image.height, width,
         height);
  }
  const auto channels = static_cast<std::size_t>(image.channels);
  const std::vector<Span> columns = spans(image.width, width), rows = spans(image.height, height);
  Image result{.width = width, .height = height, .channels = image.channels, .pixels = {}};
  result.pixels.resize(rows.size() * columns.size() * channels);
  std::uint8_t* target = result.pixels.data();
  for (const Span& row : rows) {
    for (const Span& column : columns) {
      average(image, row, column, target);
      target += channels;
    }
  }
  return result;
}

}  // namespace fude::io
