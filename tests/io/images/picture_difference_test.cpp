#include "io/images/picture_difference.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace fude::io {
namespace {

Image grey(std::vector<std::uint8_t> pixels) {
  return {.width = static_cast<int>(pixels.size()), .height = 1, .channels = 1, .pixels = std::move(pixels)};
}

TEST(SignalToNoise, IsTheDefinition) {
  EXPECT_NEAR(signal_to_noise(grey({0, 0}), grey({255, 255})), 0.0, 1e-9);
  EXPECT_NEAR(signal_to_noise(grey({10, 20, 30, 40}), grey({11, 20, 29, 40})), 51.1411, 1e-4);  // mean square 1/2
}

TEST(SignalToNoise, OfEqualPicturesIsFinite) { EXPECT_EQ(signal_to_noise(grey({1, 2}), grey({1, 2})), 100.0); }

TEST(SignalToNoise, RefusesPicturesOfAnotherSize) {
  EXPECT_THROW(signal_to_noise(grey({1, 2}), grey({1})), Error);
  EXPECT_THROW(signal_to_noise(grey({}), grey({})), Error);
}

}  // namespace
}  // namespace fude::io
