#include "training/judge/accuracy.h"

#include <gtest/gtest.h>

#include <cmath>

#include "training/judge/targets.h"

namespace fude::judge {
namespace {

TEST(Accuracy, CountsRightAnswersOfWhatIsShown) {
  const auto groups = static_cast<std::int64_t>(painter::attribute_groups().size());
  at::Tensor targets = at::full({4, groups}, kNotShown, at::kLong);
  at::Tensor answers = at::zeros({4, groups}, at::kLong);
  targets.select(1, 0).copy_(at::tensor(std::vector<std::int64_t>{0, 0, 1, kNotShown}));
  Accuracy accuracy;
  accuracy.add(answers, targets);
  EXPECT_EQ(accuracy.shown(0), 3);
  EXPECT_DOUBLE_EQ(accuracy.of_group(0), 2.0 / 3);
  EXPECT_DOUBLE_EQ(accuracy.mean(), 2.0 / 3);
  accuracy.add(answers, targets);
  EXPECT_EQ(accuracy.shown(0), 6);
}

TEST(Accuracy, OfASubjectIsTheMeanOfItsGroups) {
  const auto table = painter::attribute_groups();
  at::Tensor targets = at::full({2, static_cast<std::int64_t>(table.size())}, kNotShown, at::kLong);
  std::vector<std::int64_t> of_hair;
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[i].subject == painter::Subject::kHairStyle) of_hair.push_back(static_cast<std::int64_t>(i));
  ASSERT_EQ(of_hair.size(), 2u);
  targets.select(1, of_hair[0]).fill_(0);                                            // both right
  targets.select(1, of_hair[1]).copy_(at::tensor(std::vector<std::int64_t>{0, 1}));  // one right
  Accuracy accuracy;
  accuracy.add(at::zeros_like(targets), targets);
  EXPECT_DOUBLE_EQ(accuracy.of_subject(painter::Subject::kHairStyle), 0.75);
}

TEST(Accuracy, IsUnknownWithoutPictures) {
  EXPECT_TRUE(std::isnan(Accuracy().mean()));
  EXPECT_TRUE(std::isnan(Accuracy().of_subject(painter::Subject::kEyeColor)));
}

}  // namespace
}  // namespace fude::judge
