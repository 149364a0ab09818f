#include "io/images/picture_difference.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/error.h"

namespace fude::io {

namespace {

void require_same_shape(const Image& reference, const Image& picture) {
  if (reference.width == picture.width && reference.height == picture.height &&
      reference.channels == picture.channels && !reference.pixels.empty()) {
    return;
  }
  fail(ErrorCode::kInvalidArgument, "a picture of {}x{} with {} channels has no ratio to one of {}x{} with {}",
       picture.width, picture.height, picture.channels, reference.width, reference.height, reference.channels);
}

}  // namespace

double signal_to_noise(const Image& reference, const Image& picture) {
  constexpr double kEqual = 100;
  require_same_shape(reference, picture);
  double sum = 0;
  for (std::size_t i = 0; i < reference.pixels.size(); ++i) {
    const double difference = reference.pixels[i] - picture.pixels[i];
    sum += difference * difference;
  }
  if (sum == 0) return kEqual;
  return std::min(kEqual, 10 * std::log10(255.0 * 255.0 * static_cast<double>(reference.pixels.size()) / sum));
}

LevelDifference level_difference(const Image& reference, const Image& picture) {
  require_same_shape(reference, picture);
  LevelDifference difference{.left = reference.width, .top = reference.height};
  int right = 0, bottom = 0;
  std::size_t count = 0, at = 0;
  for (int y = 0; y < reference.height; ++y) {
    for (int x = 0; x < reference.width; ++x) {
      int most = 0;
      for (int channel = 0; channel < reference.channels; ++channel, ++at) {
        most = std::max(most, std::abs(int{reference.pixels[at]} - int{picture.pixels[at]}));
      }
      if (most == 0) continue;
      ++count;
      difference.most = std::max(difference.most, most);
      difference.left = std::min(difference.left, x);
      difference.top = std::min(difference.top, y);
      right = std::max(right, x + 1);
      bottom = std::max(bottom, y + 1);
    }
  }
  if (count == 0) return {};
  difference.share = static_cast<double>(count) / (double{1} * reference.width * reference.height);
  difference.width = right - difference.left;
  difference.height = bottom - difference.top;
  return difference;
}

}  // namespace fude::io
