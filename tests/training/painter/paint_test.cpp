#include "training/painter/paint.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

namespace fude::painter {
namespace {

/// The share of bytes that differ by more than a rounding.
double difference(const Painting& a, const Painting& b) {
  std::size_t differing = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i) differing += std::abs(a.rgb[i] - b.rgb[i]) > 8;
  return static_cast<double>(differing) / static_cast<double>(a.rgb.size());
}

TEST(Paint, GivesARgbPictureOf256Pixels) {
  const Painting painting = paint(Character{});
  EXPECT_EQ(painting.width, 256);
  EXPECT_EQ(painting.height, 256);
  EXPECT_EQ(painting.rgb.size(), 256u * 256u * 3u);
}

TEST(Paint, IsTheSameOnEveryThread) {
  const Character character = draw_character(1, 17);
  const Painting here = paint(character);
  Painting there;
  std::thread([&] {
    paint(draw_character(1, 18));
    there = paint(character);
  }).join();
  EXPECT_EQ(here.rgb, there.rgb);
}

TEST(Paint, VariationChangesThePictureButNotItsMeaning) {
  Character character;
  const Painting first = paint(character);
  character.variation = 1;
  EXPECT_GT(difference(first, paint(character)), 0.02);
}

TEST(Paint, ShowsEveryVisibleAttribute) {
  for (const AttributeGroup& group : attribute_groups()) {
    Character character;
    character.headwear = Headwear::kBow;  // so that its colour shows
    const Painting before = paint(character);
    for (int value = 0; value < static_cast<int>(group.values.size()); ++value) {
      if (value == group.get(character)) continue;
      Character changed = character;
      group.set(changed, value);
      if (consistent(changed) == character) continue;    // the value needs other company
      if (changed.quality == Quality::kPlain) continue;  // looks as good as a masterpiece, says nothing of it
      EXPECT_GT(difference(before, paint(consistent(changed))), 0.0005)
          << group.name << ": " << group.values[value].name;
    }
  }
}

TEST(Paint, CoversTheWholeFrame) {
  for (int background = 0; background < 12; ++background) {
    Character character;
    character.background = static_cast<Background>(background);
    const Painting painting = paint(character);
    for (const int pixel : {0, 255, 128}) {  // an unpainted surface is black
      const auto* rgb = &painting.rgb[pixel * 3];
      EXPECT_GT(rgb[0] + rgb[1] + rgb[2], 0) << "background " << background;
    }
  }
}

TEST(Paint, SpoilsOnlyTheWorstQuality) {
  for (std::uint64_t i = 0; i < 8; ++i) {
    Character character = draw_character(9, i);
    character.quality = Quality::kMasterpiece;
    const Painting good = paint(character);
    character.quality = Quality::kPlain;
    EXPECT_EQ(paint(character).rgb, good.rgb);
    character.quality = Quality::kWorst;
    EXPECT_GT(difference(good, paint(character)), 0.05);
  }
}

}  // namespace
}  // namespace fude::painter
