#include "training/painter/quality.h"

#include <gtest/gtest.h>

#include <cmath>

namespace fude::painter {
namespace {

Character of_quality(Quality quality, std::uint64_t variation) {
  Character character;
  character.quality = quality;
  character.variation = variation;
  return character;
}

TEST(Flaws, BelongToTheWorstQualityAlone) {
  for (std::uint64_t i = 0; i < 20; ++i) {
    EXPECT_EQ(draw_flaws(of_quality(Quality::kMasterpiece, i)).eye_drop, 0);
    EXPECT_GT(std::abs(draw_flaws(of_quality(Quality::kWorst, i)).eye_drop), 3);
    EXPECT_GT(std::abs(draw_flaws(of_quality(Quality::kWorst, i)).color_slip), 1);
  }
}

TEST(Spoil, LeavesGoodPicturesAlone) {
  std::vector<std::uint8_t> pixels(kPictureSize * kPictureSize * 3, 90);
  const auto before = pixels;
  spoil(of_quality(Quality::kMasterpiece, 1), pixels);
  spoil(of_quality(Quality::kPlain, 1), pixels);
  EXPECT_EQ(pixels, before);
}

TEST(Spoil, ChangesEveryBadPictureAndRepeatsItself) {
  std::vector<std::uint8_t> stripes(kPictureSize * kPictureSize * 3);
  for (std::size_t i = 0; i < stripes.size(); ++i) stripes[i] = i / 24 % 2 == 0 ? 30 : 220;
  for (std::uint64_t i = 0; i < 12; ++i) {
    auto once = stripes, again = stripes;
    spoil(of_quality(Quality::kWorst, i), once);
    spoil(of_quality(Quality::kWorst, i), again);
    EXPECT_NE(once, stripes) << "variation " << i;
    EXPECT_EQ(once, again) << "variation " << i;
  }
}

}  // namespace
}  // namespace fude::painter
