#include "io/images/resample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <utility>

#include "core/error.h"
#include "io/images/png_file.h"

namespace fude::io {
namespace {

using std::numbers::pi;

// Sums of weighted bytes stay below 2^31 with weights of this many binary digits, though some filters overshoot.
constexpr int kWeightDigits = 22;
constexpr std::int32_t kHalf = 1 << (kWeightDigits - 1);

struct Kernel {
  double reach;  // the filter is zero farther from its middle
  double (*weight)(double x);
};

double sinc(double x) { return x == 0 ? 1 : std::sin(x * pi) / (x * pi); }

double box_weight(double x) { return x > -0.5 && x <= 0.5 ? 1 : 0; }

double triangle_weight(double x) { return std::max(0.0, 1 - std::abs(x)); }

// Hamming's window over one lobe of the sinc.
double hamming_weight(double x) { return std::abs(x) >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * std::cos(x * pi)); }

// Keys 1981, with a = -1/2.
double cubic_weight(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

double lanczos_weight(double x) { return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0; }

Kernel kernel_of(ResampleFilter filter) {
  switch (filter) {
    case ResampleFilter::kNearest:
    case ResampleFilter::kBox: return {0.5, box_weight};
    case ResampleFilter::kBilinear: return {1, triangle_weight};
    case ResampleFilter::kHamming: return {1, hamming_weight};
    case ResampleFilter::kBicubic: return {2, cubic_weight};
    case ResampleFilter::kLanczos: return {3, lanczos_weight};
  }
  return {3, lanczos_weight};
}

// Which old pixels along one axis a new one is made of.
struct Taps {
  int first = 0;
  int count = 0;
  const std::int32_t* weights = nullptr;
};

// The taps of every new pixel along an axis.
class Axis {
 public:
  // The part [begin, end] of `from` pixels, as `to` pixels.
  Axis(int from, double begin, double end, int to, const Kernel& kernel) {
    const double scale = (end - begin) / to;
    const double stretch = std::max(scale, 1.0);
    const double reach = kernel.reach * stretch;
    std::vector<double> exact;
    for (int i = 0; i < to; ++i) {
      const double middle = begin + (i + 0.5) * scale;
      const int first = std::max(static_cast<int>(middle - reach + 0.5), 0);
      const int last = std::min(static_cast<int>(middle + reach + 0.5), from);
      exact.clear();
      double sum = 0;
      for (int x = first; x < last; ++x) {
        exact.push_back(kernel.weight((x - middle + 0.5) * (1 / stretch)));
        sum += exact.back();
      }
      spans_.push_back({.first = first, .count = std::max(last - first, 0)});
      starts_.push_back(weights_.size());
      for (const double weight : exact) weights_.push_back(fixed_point(sum == 0 ? weight : weight / sum));
    }
  }

  int size() const { return static_cast<int>(spans_.size()); }
  Taps taps(int i) const {
    const auto at = static_cast<std::size_t>(i);
    return {.first = spans_[at].first, .count = spans_[at].count, .weights = weights_.data() + starts_[at]};
  }

 private:
  static std::int32_t fixed_point(double weight) {
    const double scaled = weight * (1 << kWeightDigits);
    return static_cast<std::int32_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  }

  std::vector<Taps> spans_;  // without weights, which move while the axis is made
  std::vector<std::size_t> starts_;
  std::vector<std::int32_t> weights_;
};

std::uint8_t byte_of(std::int32_t sum) { return static_cast<std::uint8_t>(std::clamp(sum >> kWeightDigits, 0, 255)); }

std::size_t bytes_of_row(const Image& image) {
  return static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.channels);
}

Image blank(int width, int height, int channels) {
  Image image{.width = width, .height = height, .channels = channels, .pixels = {}};
  image.pixels.resize(bytes_of_row(image) * static_cast<std::size_t>(height));
  return image;
}

template <int kChannels>
void resample_row(const std::uint8_t* source, const Axis& columns, std::uint8_t* target) {
  for (int x = 0; x < columns.size(); ++x, target += kChannels) {
    const Taps taps = columns.taps(x);
    const std::uint8_t* pixel = source + static_cast<std::ptrdiff_t>(taps.first) * kChannels;
    std::array<std::int32_t, kChannels> sums;
    sums.fill(kHalf);
    for (int k = 0; k < taps.count; ++k, pixel += kChannels) {
      for (int c = 0; c < kChannels; ++c) sums[static_cast<std::size_t>(c)] += pixel[c] * taps.weights[k];
    }
    for (int c = 0; c < kChannels; ++c) target[c] = byte_of(sums[static_cast<std::size_t>(c)]);
  }
}

Image resample_columns(const Image& image, const Axis& columns) {
  Image result = blank(columns.size(), image.height, image.channels);
  const auto row = image.channels == 1 ? resample_row<1> : image.channels == 3 ? resample_row<3> : resample_row<4>;
  for (int y = 0; y < image.height; ++y) {
    const auto at = static_cast<std::size_t>(y);
    row(image.pixels.data() + at * bytes_of_row(image), columns, result.pixels.data() + at * bytes_of_row(result));
  }
  return result;
}

// Bytes that one pass over the taps makes: a number that compilers know, so that they use vectors.
constexpr std::size_t kBytesAtOnce = 32;

template <std::size_t kCount>
void resample_bytes(const std::uint8_t* source, std::size_t stride, const Taps& taps, std::uint8_t* target) {
  std::array<std::int32_t, kCount> sums;
  sums.fill(kHalf);
  for (int k = 0; k < taps.count; ++k, source += stride) {
    for (std::size_t i = 0; i < kCount; ++i) sums[i] += source[i] * taps.weights[k];
  }
  for (std::size_t i = 0; i < kCount; ++i) target[i] = byte_of(sums[i]);
}

Image resample_rows(const Image& image, const Axis& rows) {
  Image result = blank(image.width, rows.size(), image.channels);
  const std::size_t stride = bytes_of_row(image);
  for (int y = 0; y < rows.size(); ++y) {
    const Taps taps = rows.taps(y);
    const std::uint8_t* source = image.pixels.data() + static_cast<std::size_t>(taps.first) * stride;
    std::uint8_t* target = result.pixels.data() + static_cast<std::size_t>(y) * stride;
    std::size_t at = 0;
    for (; at + kBytesAtOnce <= stride; at += kBytesAtOnce)
      resample_bytes<kBytesAtOnce>(source + at, stride, taps, target + at);
    for (; at < stride; ++at) resample_bytes<1>(source + at, stride, taps, target + at);
  }
  return result;
}

// Positions are added up step by step, so that they round as in the reference.
std::vector<int> nearest_positions(int from, double begin, double end, int to) {
  std::vector<int> positions;
  const double step = (end - begin) / to;
  double position = begin + step * 0.5;
  for (int i = 0; i < to; ++i, position += step)
    positions.push_back(std::clamp(static_cast<int>(position), 0, from - 1));
  return positions;
}

Image resample_nearest(const Image& image, int width, int height, const ResampleBox& box) {
  Image result = blank(width, height, image.channels);
  const auto channels = static_cast<std::size_t>(image.channels);
  const std::vector<int> columns = nearest_positions(image.width, box.left, box.right, width);
  std::uint8_t* target = result.pixels.data();
  for (const int y : nearest_positions(image.height, box.top, box.bottom, height)) {
    const std::uint8_t* row = image.pixels.data() + static_cast<std::size_t>(y) * bytes_of_row(image);
    for (const int x : columns) {
      target = std::copy_n(row + static_cast<std::size_t>(x) * channels, channels, target);
    }
  }
  return result;
}

// a * b / 255, rounded.
std::uint8_t share_of_255(std::uint8_t a, std::uint8_t b) {
  const unsigned product = unsigned{a} * b + 128;
  return static_cast<std::uint8_t>(((product >> 8) + product) >> 8);
}

Image with_colours_times_alpha(Image image) {
  for (std::size_t i = 0; i < image.pixels.size(); i += 4) {
    for (std::size_t c = 0; c < 3; ++c) image.pixels[i + c] = share_of_255(image.pixels[i + c], image.pixels[i + 3]);
  }
  return image;
}

Image with_colours_over_alpha(Image image) {
  for (std::size_t i = 0; i < image.pixels.size(); i += 4) {
    const unsigned alpha = image.pixels[i + 3];
    if (alpha == 0 || alpha == 255) continue;
    for (std::size_t c = 0; c < 3; ++c)
      image.pixels[i + c] = static_cast<std::uint8_t>(std::min(255U * image.pixels[i + c] / alpha, 255U));
  }
  return image;
}

Image resample_filtered(const Image& image, int width, int height, ResampleFilter filter, const ResampleBox& box) {
  const Kernel kernel = kernel_of(filter);
  const bool changes_columns = width != image.width || box.left != 0 || box.right != width;
  const bool changes_rows = height != image.height || box.top != 0 || box.bottom != height;
  Image wide;
  if (changes_columns) wide = resample_columns(image, Axis(image.width, box.left, box.right, width, kernel));
  const Image& between = changes_columns ? wide : image;
  return changes_rows ? resample_rows(between, Axis(image.height, box.top, box.bottom, height, kernel)) : between;
}

void check(const Image& image, int width, int height, const ResampleBox& box) {
  const bool is_picture = image.width > 0 && image.height > 0 &&
                          (image.channels == 1 || image.channels == 3 || image.channels == 4) &&
                          image.pixels.size() == bytes_of_row(image) * static_cast<std::size_t>(image.height);
  if (!is_picture) {
    fail(ErrorCode::kInvalidArgument, "picture of {}x{} with {} channels has {} bytes", image.width, image.height,
         image.channels, image.pixels.size());
  }
  if (width < 1 || height < 1 || std::int64_t{width} * height > kMostPixels) {
    fail(ErrorCode::kInvalidArgument, "size to resize to is {}x{}, expected 1x1 to {} pixels in all", width, height,
         kMostPixels);
  }
  const bool is_inside = box.left >= 0 && box.top >= 0 && box.right >= box.left && box.bottom >= box.top &&
                         box.right <= image.width && box.bottom <= image.height;
  if (!is_inside) {
    fail(ErrorCode::kInvalidArgument, "box is {},{} to {},{}, expected one inside the picture of {}x{}", box.left,
         box.top, box.right, box.bottom, image.width, image.height);
  }
}

}  // namespace

Image resample(const Image& image, int width, int height, ResampleFilter filter,
               const std::optional<ResampleBox>& box) {
  const ResampleBox part =
      box.value_or(ResampleBox{.right = static_cast<double>(image.width), .bottom = static_cast<double>(image.height)});
  check(image, width, height, part);
  if (!box && width == image.width && height == image.height) return image;
  if (filter == ResampleFilter::kNearest) return resample_nearest(image, width, height, part);
  if (image.channels != 4) return resample_filtered(image, width, height, filter, part);
  return with_colours_over_alpha(resample_filtered(with_colours_times_alpha(image), width, height, filter, part));
}

}  // namespace fude::io
