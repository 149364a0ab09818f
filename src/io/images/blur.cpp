#include "io/images/blur.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace fude::io {
namespace {

/// Rows or columns of a picture, taken as lines of single bytes: `count` of them, `length` bytes each.
struct Lines {
  std::size_t count, length;
  std::size_t to_next_line, to_next;  // in bytes
};

Lines rows_of(const Image& image, std::size_t channel_count) {
  const auto width = static_cast<std::size_t>(image.width), height = static_cast<std::size_t>(image.height);
  return {.count = height, .length = width, .to_next_line = width * channel_count, .to_next = channel_count};
}

Lines columns_of(const Image& image, std::size_t channel_count) {
  const Lines rows = rows_of(image, channel_count);
  return {.count = rows.length, .length = rows.count, .to_next_line = rows.to_next, .to_next = rows.to_next_line};
}

// Calls filter(line, result) for every line of every channel and stores the results in their place.
template <typename Filter>
void for_each_line(Image& image, const Lines& lines, const Filter& filter) {
  const auto channels = static_cast<std::size_t>(image.channels);
  std::vector<std::uint8_t> line(lines.length), result(lines.length);
  for (std::size_t channel = 0; channel < channels; ++channel) {
    for (std::size_t i = 0; i < lines.count; ++i) {
      std::uint8_t* const start = image.pixels.data() + channel + i * lines.to_next_line;
      for (std::size_t x = 0; x < lines.length; ++x) line[x] = start[x * lines.to_next];
      filter(line, result);
      for (std::size_t x = 0; x < lines.length; ++x) start[x * lines.to_next] = result[x];
    }
  }
}

// Weights in units of 1/256 that add up to it: rounding errors go on to the next tap, the middle takes what is left.
std::vector<int> fixed_point_kernel(int sigma) {
  constexpr int kOne = 256;
  const int half = static_cast<int>(2.5 * sigma + 0.5);
  std::vector<double> values(static_cast<std::size_t>(half) + 1);
  double sum = 0;
  for (int i = 0; i < half; ++i) {
    const double distance = i - half;
    values[static_cast<std::size_t>(i)] = std::exp(-0.5 * distance * distance / (double{1} * sigma * sigma));
    sum += values[static_cast<std::size_t>(i)];
  }
  sum = 2 * sum + 1;
  std::vector<int> kernel(2 * static_cast<std::size_t>(half) + 1);
  double error = 0;
  int total = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(half); ++i) {
    const double exact = values[i] * (1 / sum) * kOne + error;
    kernel[i] = static_cast<int>(std::nearbyint(exact));
    error = exact - kernel[i];
    kernel[kernel.size() - 1 - i] = kernel[i];
    total += 2 * kernel[i];
  }
  kernel[static_cast<std::size_t>(half)] = kOne - total;
  return kernel;
}

// Mirrored at the first and last place, which are not repeated.
std::size_t mirrored(std::ptrdiff_t place, std::ptrdiff_t length) {
  if (length == 1) return 0;
  while (place < 0 || place >= length) place = place < 0 ? -place : 2 * length - 2 - place;
  return static_cast<std::size_t>(place);
}

void blur_lines(Image& image, const Lines& lines, int sigma) {
  if (sigma <= 0) return;
  const std::vector<int> kernel = fixed_point_kernel(sigma);
  const auto half = static_cast<std::ptrdiff_t>(kernel.size() / 2), length = static_cast<std::ptrdiff_t>(lines.length);
  for_each_line(image, lines, [&](const std::vector<std::uint8_t>& line, std::vector<std::uint8_t>& result) {
    for (std::ptrdiff_t x = 0; x < length; ++x) {
      int sum = 128;
      for (std::ptrdiff_t k = -half; k <= half; ++k) {
        sum += kernel[static_cast<std::size_t>(k + half)] * line[mirrored(x + k, length)];
      }
      result[static_cast<std::size_t>(x)] = static_cast<std::uint8_t>(std::min(sum >> 8, 255));
    }
  });
}

/// A box filter of 2 * radius + 1 places, `edge` of which lie outside by a part, in units of 2^-24.
struct Box {
  std::ptrdiff_t radius;
  std::uint32_t inner, edge;
};

Box box_of(float radius) {
  constexpr std::uint32_t kOne = 1U << 24U;
  const auto whole = static_cast<std::uint32_t>(radius);
  const auto inner = static_cast<std::uint32_t>(static_cast<float>(kOne) / (radius * 2 + 1));
  return {.radius = whole, .inner = inner, .edge = (kOne - (whole * 2 + 1) * inner) / 2};
}

void box_filter(const Box& box, const std::vector<std::uint8_t>& line, std::vector<std::uint8_t>& result) {
  const auto last = static_cast<std::ptrdiff_t>(line.size()) - 1;
  const auto at = [&](std::ptrdiff_t x) -> std::uint32_t {
    return line[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(x, 0, last))];
  };
  std::uint32_t sum = 0;
  for (std::ptrdiff_t x = -box.radius; x <= box.radius; ++x) sum += at(x);
  for (std::ptrdiff_t x = 0; x <= last; ++x) {
    const std::uint32_t weighed =
        sum * box.inner + (at(x - box.radius - 1) + at(x + box.radius + 1)) * box.edge + (1U << 23U);
    result[static_cast<std::size_t>(x)] = static_cast<std::uint8_t>(weighed >> 24U);
    sum += at(x + box.radius + 1) - at(x - box.radius);
  }
}

// The radius of the box whose three-fold use has the Gaussian's variance.
float box_radius(float radius) {
  constexpr int kPasses = 3;
  const float variance = radius * radius / kPasses;
  const auto length = static_cast<float>(std::sqrt(12.0 * variance + 1.0));
  const auto whole = static_cast<float>(std::floor((length - 1.0) / 2.0));
  auto part = static_cast<float>((2 * whole + 1) * (whole * (whole + 1) - 3.0 * variance));
  part /= 6 * (variance - (whole + 1) * (whole + 1));
  return whole + part;
}

}  // namespace

Image gaussian_blur(const Image& grey, int sigma_x, int sigma_y) {
  Image blurred = grey;
  blur_lines(blurred, rows_of(blurred, static_cast<std::size_t>(blurred.channels)), sigma_x);
  blur_lines(blurred, columns_of(blurred, static_cast<std::size_t>(blurred.channels)), sigma_y);
  return blurred;
}

Image box_gaussian_blur(const Image& image, float radius) {
  Image blurred = image;
  if (radius <= 0) return blurred;
  const Box box = box_of(box_radius(radius));
  const auto filter_thrice = [&](const std::vector<std::uint8_t>& line, std::vector<std::uint8_t>& result) {
    box_filter(box, line, result);
    for (int pass = 0; pass < 2; ++pass) {
      const std::vector<std::uint8_t> once = result;
      box_filter(box, once, result);
    }
  };
  const auto channels = static_cast<std::size_t>(image.channels);
  for_each_line(blurred, rows_of(blurred, channels), filter_thrice);
  for_each_line(blurred, columns_of(blurred, channels), filter_thrice);
  return blurred;
}

}  // namespace fude::io
