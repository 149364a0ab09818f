#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "io/images/affine.h"

namespace fude::io {

/// A place between four pixels, rounded to steps of 1/32 pixel.
class BilinearPlace {
 public:
  static constexpr int kSteps = 32;
  struct Corner {
    int x = 0, y = 0;
    int weight = 0;  // of kSteps * kSteps in all
  };

  explicit BilinearPlace(const PicturePoint& at) {
    const int x = in_steps(at.x), y = in_steps(at.y);
    left_ = x >> kDigits;
    top_ = y >> kDigits;
    right_share_ = x & (kSteps - 1);
    lower_share_ = y & (kSteps - 1);
  }

  std::array<Corner, 4> corners() const {
    const int left_share = kSteps - right_share_, upper_share = kSteps - lower_share_;
    return {{{.x = left_, .y = top_, .weight = left_share * upper_share},
             {.x = left_ + 1, .y = top_, .weight = right_share_ * upper_share},
             {.x = left_, .y = top_ + 1, .weight = left_share * lower_share_},
             {.x = left_ + 1, .y = top_ + 1, .weight = right_share_ * lower_share_}}};
  }

 private:
  static constexpr int kDigits = 5;
  static int in_steps(double at) {
    constexpr double kFarthest = 1 << 25;  // pixels: beyond any picture
    return static_cast<int>(std::floor(std::clamp(at, -kFarthest, kFarthest) * kSteps + 0.5));
  }

  int left_ = 0, top_ = 0, right_share_ = 0, lower_share_ = 0;
};

}  // namespace fude::io
