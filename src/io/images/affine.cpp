#include "io/images/affine.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "io/images/bilinear_place.h"

namespace fude::io {
namespace {

PicturePoint mean_of(std::span<const PicturePoint> points) {
  PicturePoint sum;
  for (const PicturePoint& point : points) sum = {.x = sum.x + point.x, .y = sum.y + point.y};
  const auto count = static_cast<double>(points.size());
  return {.x = sum.x / count, .y = sum.y / count};
}

// Least squares in closed form (Umeyama 1991, in the plane, without mirroring).
std::optional<AffineMap> fitted(std::span<const PicturePoint> from, std::span<const PicturePoint> to) {
  const PicturePoint a = mean_of(from), b = mean_of(to);
  double spread = 0, along = 0, across = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const double x = from[i].x - a.x, y = from[i].y - a.y, u = to[i].x - b.x, v = to[i].y - b.y;
    spread += x * x + y * y;
    along += x * u + y * v;
    across += x * v - y * u;
  }
  if (!(spread > 0)) return std::nullopt;
  const double c = along / spread, s = across / spread;
  return AffineMap{.xx = c, .xy = -s, .x0 = b.x - c * a.x + s * a.y, .yx = s, .yy = c, .y0 = b.y - s * a.x - c * a.y};
}

std::vector<double> squared_errors(const AffineMap& map, std::span<const PicturePoint> from,
                                   std::span<const PicturePoint> to) {
  std::vector<double> errors;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const PicturePoint mapped = map(from[i]);
    errors.push_back((mapped.x - to[i].x) * (mapped.x - to[i].x) + (mapped.y - to[i].y) * (mapped.y - to[i].y));
  }
  return errors;
}

double median_of(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

struct PairFit {
  AffineMap map;
  double median = std::numeric_limits<double>::infinity();
};

std::optional<PairFit> best_pair(std::span<const PicturePoint> from, std::span<const PicturePoint> to) {
  std::optional<PairFit> best;
  for (std::size_t i = 0; i < from.size(); ++i) {
    for (std::size_t j = i + 1; j < from.size(); ++j) {
      const auto map = fitted(std::array{from[i], from[j]}, std::array{to[i], to[j]});
      if (!map) continue;
      const double median = median_of(squared_errors(*map, from, to));
      if (!best || median < best->median) best = PairFit{.map = *map, .median = median};
    }
  }
  return best;
}

// The bound below which a point counts as fitting: 2.5 robust standard deviations, corrected for few points.
double error_bound(double median, std::size_t points) {
  constexpr double kDeviations = 2.5, kMedianToDeviation = 1.4826, kSmallest = 0.001;
  const double correction = 1 + 5.0 / std::max(1.0, static_cast<double>(points) - 2);
  const double sigma = std::max(kSmallest, kDeviations * kMedianToDeviation * correction * std::sqrt(median));
  return sigma * sigma;
}

}  // namespace

std::optional<AffineMap> AffineMap::inverse() const {
  const double area = xx * yy - xy * yx;
  if (area == 0 || !std::isfinite(area)) return std::nullopt;
  AffineMap back{.xx = yy / area, .xy = -xy / area, .x0 = 0, .yx = -yx / area, .yy = xx / area, .y0 = 0};
  back.x0 = -(back.xx * x0 + back.xy * y0);
  back.y0 = -(back.yx * x0 + back.yy * y0);
  return back;
}

AffineMap AffineMap::after_shift(double x, double y) const {
  AffineMap shifted = *this;
  const PicturePoint origin = (*this)({.x = x, .y = y});
  shifted.x0 = origin.x;
  shifted.y0 = origin.y;
  return shifted;
}

std::optional<AffineMap> similarity_between(std::span<const PicturePoint> from, std::span<const PicturePoint> to) {
  const std::optional<PairFit> best = best_pair(from, to);
  if (!best) return std::nullopt;
  const std::vector<double> errors = squared_errors(best->map, from, to);
  const double bound = error_bound(best->median, from.size());
  std::vector<PicturePoint> fitting_from, fitting_to;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (errors[i] > bound) continue;
    fitting_from.push_back(from[i]);
    fitting_to.push_back(to[i]);
  }
  return fitted(fitting_from, fitting_to);
}

Image warped(const Image& source, const AffineMap& to_source, int width, int height, Rgb ground) {
  const auto channels = static_cast<std::size_t>(source.channels);
  const std::array<std::uint8_t, 4> outside{ground.red, ground.green, ground.blue, 0};
  Image target{.width = width, .height = height, .channels = source.channels, .pixels = {}};
  target.pixels.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * channels);
  constexpr int kWhole = BilinearPlace::kSteps * BilinearPlace::kSteps;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const BilinearPlace place(to_source({.x = static_cast<double>(x), .y = static_cast<double>(y)}));
      for (std::size_t c = 0; c < channels; ++c) {
        int sum = kWhole / 2;
        for (const BilinearPlace::Corner& corner : place.corners()) {
          const bool is_inside = corner.x >= 0 && corner.y >= 0 && corner.x < source.width && corner.y < source.height;
          const std::size_t pixel = is_inside
                                        ? static_cast<std::size_t>(corner.y) * static_cast<std::size_t>(source.width) +
                                              static_cast<std::size_t>(corner.x)
                                        : 0;
          sum += corner.weight * (is_inside ? source.pixels[pixel * channels + c] : outside[c]);
        }
        target.pixels.push_back(static_cast<std::uint8_t>(sum / kWhole));
      }
    }
  }
  return target;
}

}  // namespace fude::io
