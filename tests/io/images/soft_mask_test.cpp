#include "io/images/soft_mask.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fude::io {
namespace {

SoftMask row(std::vector<float> shares) {
  const int width = static_cast<int>(shares.size());
  return {.width = width, .height = 1, .shares = std::move(shares)};
}

float least_around(const SoftMask& mask, int x, int y, int side) {
  float least = 1e9F;
  for (int v = y - side / 2; v < y - side / 2 + side; ++v) {
    for (int u = x - side / 2; u < x - side / 2 + side; ++u) {
      const bool is_inside = u >= 0 && v >= 0 && u < mask.width && v < mask.height;
      if (is_inside) least = std::min(least, mask.shares[static_cast<std::size_t>(v * mask.width + u)]);
    }
  }
  return least;
}

TEST(Eroded, TakesTheLeastOfEachSquare) {
  EXPECT_EQ(eroded(row({1, 1, 0, 1, 1, 1}), 2).shares, (std::vector<float>{1, 1, 0, 0, 1, 1}));
  EXPECT_EQ(eroded(row({1, 1, 0, 1, 1, 1}), 3).shares, (std::vector<float>{1, 0, 0, 0, 1, 1}));
  EXPECT_EQ(eroded(row({1, 0}), 1).shares, (std::vector<float>{1, 0}));
}

TEST(Eroded, AgreesWithLookingEverywhere) {
  SoftMask mask = even_mask(13, 9, 0);
  for (std::size_t i = 0; i < mask.shares.size(); ++i) mask.shares[i] = static_cast<float>((37 * i) % 101) / 101;
  for (const int side : {2, 3, 4, 7, 30}) {
    const SoftMask out = eroded(mask, side);
    for (int y = 0; y < mask.height; ++y) {
      for (int x = 0; x < mask.width; ++x)
        ASSERT_EQ(out.shares[static_cast<std::size_t>(y * mask.width + x)], least_around(mask, x, y, side)) << side;
    }
  }
}

TEST(Blurred, SpreadsAPointAsAGaussianAndKeepsTheSum) {
  SoftMask mask = even_mask(11, 11, 0);
  mask.shares[5 * 11 + 5] = 1;
  const SoftMask out = blurred(mask, 5, 1.0);
  const double norm = 1 + 2 * std::exp(-0.5) + 2 * std::exp(-2.0);
  EXPECT_NEAR(out.shares[5 * 11 + 5], 1 / (norm * norm), 1e-6);
  EXPECT_NEAR(out.shares[4 * 11 + 7], std::exp(-0.5) * std::exp(-2.0) / (norm * norm), 1e-6);
  EXPECT_EQ(out.shares[5 * 11 + 8], 0);
  EXPECT_NEAR(std::accumulate(out.shares.begin(), out.shares.end(), 0.0), 1, 1e-5);
}

TEST(Blurred, MirrorsTheEdges) {
  const SoftMask out = blurred(row({0, 1, 0, 0}), 3, 1.0);
  const float side = static_cast<float>(std::exp(-0.5) / (1 + 2 * std::exp(-0.5)));
  EXPECT_NEAR(out.shares[0], 2 * side, 1e-6);  // the second pixel stands on both sides of the first
  EXPECT_EQ(blurred(row({0.5F}), 101, 11).shares.size(), 1U);
  EXPECT_NEAR(blurred(row({0.5F}), 101, 11).shares[0], 0.5, 1e-5);
}

TEST(WarpedMask, HasNothingOutside) {
  const SoftMask moved = warped(even_mask(2, 2, 1), AffineMap{.x0 = -0.5, .y0 = 0}, 4, 1);
  EXPECT_EQ(moved.shares, (std::vector<float>{0.5F, 1, 0.5F, 0}));
}

}  // namespace
}  // namespace fude::io
