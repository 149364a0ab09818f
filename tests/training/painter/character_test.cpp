#include "training/painter/character.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace fude::painter {
namespace {

TEST(DrawCharacter, DependsOnSeedAndIndexAlone) {
  const Character third = draw_character(5, 3);
  for (std::uint64_t index : {9, 3, 0}) draw_character(5, index);
  EXPECT_EQ(draw_character(5, 3), third);
  EXPECT_NE(draw_character(5, 4), third);
  EXPECT_NE(draw_character(6, 3), third);
}

TEST(DrawCharacter, IsConsistent) {
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const Character drawn = draw_character(1, i);
    ASSERT_EQ(consistent(drawn), drawn) << "index " << i;
  }
}

TEST(DrawCharacter, ReachesEveryValueOfTheTable) {
  std::set<std::pair<std::string_view, int>> met;
  for (std::uint64_t i = 0; i < 6000; ++i) {
    const Character drawn = draw_character(2, i);
    for (const AttributeGroup& group : attribute_groups())
      if (is_visible(group, drawn)) met.insert({group.name, group.get(drawn)});
  }
  for (const AttributeGroup& group : attribute_groups()) {
    for (int value = 0; value < static_cast<int>(group.values.size()); ++value) {
      const AttributeValue& row = group.values[value];
      const bool is_drawn = row.girl_weight > 0 || row.boy_weight > 0;
      EXPECT_EQ(met.contains({group.name, value}), is_drawn) << group.name << ": " << row.name;
    }
  }
}

TEST(DrawCharacter, KeepsTheShareOfEachQuality) {
  int best = 0, worst = 0;
  constexpr int kCount = 5000;
  for (int i = 0; i < kCount; ++i) {
    const Quality quality = draw_character(3, i).quality;
    best += quality == Quality::kMasterpiece;
    worst += quality == Quality::kWorst;
  }
  EXPECT_NEAR(best / static_cast<double>(kCount), 0.72, 0.03);
  EXPECT_NEAR(worst / static_cast<double>(kCount), 0.16, 0.03);
}

TEST(AttributeGroups, SetAndGetAgree) {
  for (const AttributeGroup& group : attribute_groups())
    for (int value = 0; value < static_cast<int>(group.values.size()); ++value) {
      Character character;
      group.set(character, value);
      EXPECT_EQ(group.get(character), value) << group.name;
    }
}

TEST(AttributeGroups, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const AttributeGroup& group : attribute_groups()) EXPECT_TRUE(names.insert(group.name).second) << group.name;
  EXPECT_GE(names.size(), 14u);
}

TEST(Consistent, ShortensABobAndLengthensTwintails) {
  Character character;
  character.hair_length = HairLength::kLong;
  character.hair_style = HairStyle::kBob;
  EXPECT_EQ(consistent(character).hair_length, HairLength::kShort);
  character.hair_length = HairLength::kShort;
  character.hair_style = HairStyle::kTwintails;
  EXPECT_EQ(consistent(character).hair_length, HairLength::kMedium);
}

TEST(Consistent, KeepsTheAccentApartFromTheClothes) {
  for (int clothes = 0; clothes < 8; ++clothes)
    for (int accent = 0; accent < 8; ++accent) {
      Character character;
      character.clothes_color = static_cast<ClothColor>(clothes);
      character.accent_color = static_cast<ClothColor>(accent);
      const Character mended = consistent(character);
      EXPECT_NE(mended.accent_color, mended.clothes_color);
    }
}

}  // namespace
}  // namespace fude::painter
