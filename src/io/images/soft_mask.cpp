#include "io/images/soft_mask.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>

#include "io/images/bilinear_place.h"

namespace fude::io {
namespace {

std::size_t index_of(const SoftMask& mask, int x, int y) {
  return static_cast<std::size_t>(y) * static_cast<std::size_t>(mask.width) + static_cast<std::size_t>(x);
}

// The least of each window [i - side / 2, i - side / 2 + side) of a line, in one pass: `candidates` holds places whose
// values rise, the first of which is the window's least.
void erode_line(const std::vector<float>& line, int side, std::vector<float>& out, std::vector<int>& candidates) {
  const int length = static_cast<int>(line.size()), before = side / 2, after = side - 1 - before;
  const auto value = [&](int place) { return line[static_cast<std::size_t>(place)]; };
  candidates.clear();
  std::size_t first = 0;
  int next = 0;
  for (int i = 0; i < length; ++i) {
    for (; next < length && next <= i + after; ++next) {
      while (candidates.size() > first && value(candidates.back()) >= value(next)) candidates.pop_back();
      candidates.push_back(next);
    }
    while (candidates[first] < i - before) ++first;
    out[static_cast<std::size_t>(i)] = value(candidates[first]);
  }
}

std::vector<float> gaussian_weights(int taps, double sigma) {
  std::vector<double> weights;
  double sum = 0;
  for (int i = 0; i < taps; ++i) {
    const double distance = i - taps / 2;
    weights.push_back(std::exp(-distance * distance / (2 * sigma * sigma)));
    sum += weights.back();
  }
  std::vector<float> shares;
  for (const double weight : weights) shares.push_back(static_cast<float>(weight / sum));
  return shares;
}

// 2 1 | 0 1 2 | 1 0
int mirrored(int place, int length) {
  if (length == 1) return 0;
  const int period = 2 * (length - 1), at = std::abs(place) % period;
  return at < length ? at : period - at;
}

SoftMask blurred_sideways(const SoftMask& mask, const std::vector<float>& weights) {
  SoftMask out = mask;
  const int reach = static_cast<int>(weights.size()) / 2;
  std::vector<float> line(static_cast<std::size_t>(mask.width) + weights.size() - 1);
  for (int y = 0; y < mask.height; ++y) {
    for (std::size_t i = 0; i < line.size(); ++i)
      line[i] = mask.shares[index_of(mask, mirrored(static_cast<int>(i) - reach, mask.width), y)];
    float* const row = out.shares.data() + index_of(mask, 0, y);
    std::fill(row, row + mask.width, 0.0F);
    for (std::size_t tap = 0; tap < weights.size(); ++tap) {
      for (std::size_t x = 0; x < static_cast<std::size_t>(mask.width); ++x) row[x] += weights[tap] * line[x + tap];
    }
  }
  return out;
}

SoftMask blurred_upright(const SoftMask& mask, const std::vector<float>& weights) {
  SoftMask out = even_mask(mask.width, mask.height, 0);
  const int reach = static_cast<int>(weights.size()) / 2;
  for (int y = 0; y < mask.height; ++y) {
    float* const row = out.shares.data() + index_of(mask, 0, y);
    for (std::size_t tap = 0; tap < weights.size(); ++tap) {
      const float* const from =
          mask.shares.data() + index_of(mask, 0, mirrored(y + static_cast<int>(tap) - reach, mask.height));
      for (std::size_t x = 0; x < static_cast<std::size_t>(mask.width); ++x) row[x] += weights[tap] * from[x];
    }
  }
  return out;
}

}  // namespace

SoftMask even_mask(int width, int height, float share) {
  SoftMask mask{.width = width, .height = height, .shares = {}};
  mask.shares.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), share);
  return mask;
}

SoftMask warped(const SoftMask& source, const AffineMap& to_source, int width, int height) {
  constexpr float kUnit = 1.0F / (BilinearPlace::kSteps * BilinearPlace::kSteps);
  SoftMask target = even_mask(width, height, 0);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const BilinearPlace place(to_source({.x = static_cast<double>(x), .y = static_cast<double>(y)}));
      float sum = 0;
      for (const BilinearPlace::Corner& corner : place.corners()) {
        const bool is_inside = corner.x >= 0 && corner.y >= 0 && corner.x < source.width && corner.y < source.height;
        if (is_inside)
          sum += static_cast<float>(corner.weight) * kUnit * source.shares[index_of(source, corner.x, corner.y)];
      }
      target.shares[index_of(target, x, y)] = sum;
    }
  }
  return target;
}

SoftMask eroded(const SoftMask& mask, int side) {
  if (side < 2) return mask;
  SoftMask out = mask;
  std::vector<int> candidates;
  std::vector<float> line(static_cast<std::size_t>(mask.width)), result(line.size());
  for (int y = 0; y < mask.height; ++y) {
    const auto row = out.shares.begin() + static_cast<std::ptrdiff_t>(index_of(mask, 0, y));
    std::copy_n(row, mask.width, line.begin());
    erode_line(line, side, result, candidates);
    std::copy_n(result.begin(), mask.width, row);
  }
  line.resize(static_cast<std::size_t>(mask.height));
  result.resize(line.size());
  for (int x = 0; x < mask.width; ++x) {
    for (int y = 0; y < mask.height; ++y) line[static_cast<std::size_t>(y)] = out.shares[index_of(mask, x, y)];
    erode_line(line, side, result, candidates);
    for (int y = 0; y < mask.height; ++y) out.shares[index_of(mask, x, y)] = result[static_cast<std::size_t>(y)];
  }
  return out;
}

SoftMask blurred(const SoftMask& mask, int taps, double sigma) {
  if (taps < 2 || mask.shares.empty()) return mask;
  const std::vector<float> weights = gaussian_weights(taps, sigma);
  return blurred_upright(blurred_sideways(mask, weights), weights);
}

}  // namespace fude::io
