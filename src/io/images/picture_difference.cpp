#include "io/images/picture_difference.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace fude::io {

double signal_to_noise(const Image& reference, const Image& picture) {
  constexpr double kEqual = 100;
  if (reference.width != picture.width || reference.height != picture.height ||
      reference.channels != picture.channels || reference.pixels.empty()) {
    fail(ErrorCode::kInvalidArgument, "a picture of {}x{} with {} channels has no ratio to one of {}x{} with {}",
         picture.width, picture.height, picture.channels, reference.width, reference.height, reference.channels);
  }
  double sum = 0;
  for (std::size_t i = 0; i < reference.pixels.size(); ++i) {
    const double difference = reference.pixels[i] - picture.pixels[i];
    sum += difference * difference;
  }
  if (sum == 0) return kEqual;
  return std::min(kEqual, 10 * std::log10(255.0 * 255.0 * static_cast<double>(reference.pixels.size()) / sum));
}

}  // namespace fude::io
