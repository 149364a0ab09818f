#include "training/painter/palette.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace fude::painter {
namespace {

/// The larger of the difference in brightness and in colour (opponent axes); 1 is black against white.
double distance(Color a, Color b) {
  const double r = a.r - b.r, g = a.g - b.g, blue = a.b - b.b;
  return std::max(std::abs(0.3 * r + 0.59 * g + 0.11 * blue), std::hypot(r - g, 0.5 * (r + g) - blue));
}

template <typename Value, typename ColorOf>
void expect_apart(int count, ColorOf color_of) {
  for (int a = 0; a < count; ++a)
    for (int b = 0; b < a; ++b)
      EXPECT_GT(distance(color_of(static_cast<Value>(a)), color_of(static_cast<Value>(b))), 0.12) << a << " and " << b;
}

TEST(Palette, KeepsColorsOfOneKindApart) {
  expect_apart<HairColor>(12, [](HairColor color) { return hair_tones(color).base; });
  expect_apart<ClothColor>(8, [](ClothColor color) { return cloth_tones(color).base; });
  expect_apart<EyeColor>(8, [](EyeColor color) { return eye_tones(color).bright; });
}

TEST(Palette, ShadesAreDarkerAndLinesDarkest) {
  const auto brightness = [](Color c) { return 0.3 * c.r + 0.59 * c.g + 0.11 * c.b; };
  for (int i = 0; i < 12; ++i) {
    const Tones hair = hair_tones(static_cast<HairColor>(i));
    EXPECT_LT(brightness(hair.shade), brightness(hair.base)) << i;
    EXPECT_LT(brightness(hair.ink), brightness(hair.shade)) << i;
    EXPECT_GT(brightness(hair.light), brightness(hair.base)) << i;
  }
}

}  // namespace
}  // namespace fude::painter
