#include "training/painter/captions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/error.h"

namespace fude::painter {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(CaptionTags, NameTheAttributes) {
  Character character;
  character.hair_color = HairColor::kBlue;
  character.clothes = Clothes::kKimono;
  character.clothes_color = ClothColor::kRed;
  character.background = Background::kNightSky;
  const auto tags = caption_tags(character);
  EXPECT_THAT(tags, Contains("blue hair"));
  EXPECT_THAT(tags, Contains("red kimono"));
  EXPECT_THAT(tags, Contains("night sky"));
  EXPECT_THAT(tags, Not(Contains("white background")));
}

TEST(CaptionTags, AreSilentAboutWhatCannotBeSeen) {
  Character character;
  character.expression = Expression::kClosedEyes;
  EXPECT_THAT(caption_tags(character), Not(Contains("blue eyes")));
  EXPECT_THAT(caption_tags(character), Not(Contains("looking at viewer")));
  character.clothes = Clothes::kKimono;
  character.framing = Framing::kPortrait;  // the sash is below the frame
  EXPECT_THAT(caption_tags(character), Not(Contains("red obi")));
}

TEST(CaptionTags, AppearOnceEach) {
  for (std::uint64_t i = 0; i < 500; ++i) {
    const auto tags = caption_tags(draw_character(4, i));
    EXPECT_EQ(std::set(tags.begin(), tags.end()).size(), tags.size()) << "index " << i;
  }
}

TEST(AllTags, AreManyAndAllReachedByDrawing) {
  const auto tags = all_tags();
  EXPECT_GE(tags.size(), 90u);
  std::set<std::string> met;
  for (std::uint64_t i = 0; i < 20000; ++i)
    for (std::string& tag : caption_tags(draw_character(5, i))) met.insert(std::move(tag));
  EXPECT_THAT(std::vector(met.begin(), met.end()), ::testing::ContainerEq(tags));
}

TEST(CharacterFromTags, ReadsBackEveryVisibleAttribute) {
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const Character drawn = draw_character(6, i);
    const Character read = character_from_tags(caption_tags(drawn));
    for (const AttributeGroup& group : attribute_groups()) {
      if (!is_visible(group, drawn)) continue;
      ASSERT_EQ(group.get(read), group.get(drawn)) << group.name << " of index " << i;
    }
  }
}

TEST(CharacterFromTags, RejectsAnUnknownTag) {
  const std::vector<std::string> tags{"1girl", "ten legs"};
  EXPECT_THROW(character_from_tags(tags), Error);
}

TEST(SplitTags, TrimsAndDropsEmptyPieces) {
  EXPECT_THAT(split_tags(" 1girl,  red hair ,, smile\n"), ElementsAre("1girl", "red hair", "smile"));
  EXPECT_THAT(split_tags(" , \n"), IsEmpty());
}

}  // namespace
}  // namespace fude::painter
