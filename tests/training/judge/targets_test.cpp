#include "training/judge/targets.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fude::judge {
namespace {

std::size_t index_of(std::string_view name) {
  const auto groups = painter::attribute_groups();
  return static_cast<std::size_t>(std::ranges::find(groups, name, &painter::AttributeGroup::name) - groups.begin());
}

TEST(Targets, AreTheAttributes) {
  painter::Character character;
  character.hair_color = painter::HairColor::kGreen;
  const auto targets = targets_of(character);
  ASSERT_EQ(targets.size(), painter::attribute_groups().size());
  EXPECT_EQ(targets[index_of("hair color")], static_cast<int>(painter::HairColor::kGreen));
}

TEST(Targets, LeaveOutWhatIsNotShown) {
  painter::Character character;
  character.expression = painter::Expression::kClosedEyes;
  EXPECT_EQ(targets_of(character)[index_of("eye color")], kNotShown);
}

TEST(Targets, TakeAPlainPictureForAMasterpiece) {
  painter::Character character;
  character.quality = painter::Quality::kPlain;
  EXPECT_EQ(targets_of(character)[index_of("quality")], static_cast<int>(painter::Quality::kMasterpiece));
}

TEST(Targets, TellPicturesWithoutFlaws) {
  painter::Character character;
  const std::vector<std::int64_t> good = targets_of(character);
  character.quality = painter::Quality::kWorst;
  const at::Tensor both = at::stack({at::tensor(good), at::tensor(targets_of(character))});
  EXPECT_TRUE(is_good(both)[0].item<bool>());
  EXPECT_FALSE(is_good(both)[1].item<bool>());
}

TEST(Targets, StayBelowTheNumberOfAnswers) {
  const auto counts = answer_counts();
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto targets = targets_of(painter::draw_character(1, i));
    for (std::size_t group = 0; group < counts.size(); ++group) EXPECT_LT(targets[group], counts[group]);
  }
}

}  // namespace
}  // namespace fude::judge
