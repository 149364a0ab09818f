#include "training/judge/bar.h"

#include <gtest/gtest.h>

#include "training/judge/targets.h"

namespace fude::judge {
namespace {

/// Of four pictures that show nothing but the eyes, `right` are told right.
Accuracy accuracy_of_eyes(std::int64_t right) {
  const auto table = painter::attribute_groups();
  at::Tensor targets = at::full({4, static_cast<std::int64_t>(table.size())}, kNotShown, at::kLong);
  at::Tensor answers = at::zeros_like(targets);
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[i].subject == painter::Subject::kEyeColor) {
      targets.select(1, static_cast<std::int64_t>(i)).fill_(0);
      answers.select(1, static_cast<std::int64_t>(i)).narrow(0, right, 4 - right).fill_(1);
    }
  Accuracy accuracy;
  accuracy.add(answers, targets);
  return accuracy;
}

TEST(BelowBar, NamesWhatMissesItsBar) {
  EXPECT_EQ(below_bar(accuracy_of_eyes(2)), std::vector{painter::Subject::kEyeColor});  // 50 % of 70 %
  EXPECT_TRUE(below_bar(accuracy_of_eyes(3)).empty());
}

TEST(BelowBar, IsSilentOfWhatWasNeverShown) { EXPECT_TRUE(below_bar(Accuracy()).empty()); }

TEST(BarOf, LiesBetweenChanceAndPerfection) {
  for (int i = 0; i < painter::kSubjectCount; ++i) {
    EXPECT_GE(bar_of(static_cast<painter::Subject>(i)), 0.7);
    EXPECT_LT(bar_of(static_cast<painter::Subject>(i)), 1);
  }
}

}  // namespace
}  // namespace fude::judge
