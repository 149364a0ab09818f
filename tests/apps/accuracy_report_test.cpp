#include "apps/fude/accuracy_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "training/judge/targets.h"

namespace fude::apps {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Of four pictures that show nothing but hair colour, one is told wrong.
judge::Accuracy accuracy_of_hair() {
  const auto table = painter::attribute_groups();
  at::Tensor targets = at::full({4, static_cast<std::int64_t>(table.size())}, judge::kNotShown, at::kLong);
  at::Tensor answers = at::zeros_like(targets);
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[i].subject == painter::Subject::kHairColor) {
      targets.select(1, static_cast<std::int64_t>(i)).fill_(2);
      answers.select(1, static_cast<std::int64_t>(i)).narrow(0, 0, 3).fill_(2);
    }
  judge::Accuracy accuracy;
  accuracy.add(answers, targets);
  return accuracy;
}

TEST(AccuracyTable, SetsWhatIsRightAgainstTheBar) {
  const std::string table = accuracy_table(accuracy_of_hair());
  EXPECT_THAT(table, HasSubstr("hair color           75.0%   88.0%   below\n"));
  EXPECT_THAT(table, HasSubstr("  hair color         75.0%               4\n"));
  EXPECT_THAT(table, HasSubstr("eye color                -   70.0%\n"));  // never shown: neither right nor below
}

TEST(ExaminationTable, SetsGoodPicturesBesideAll) {
  const std::string table = examination_table(judge::Accuracy(), accuracy_of_hair());
  EXPECT_THAT(table, HasSubstr("hair color               -   75.0%\n"));
  EXPECT_THAT(table, HasSubstr("mean of groups           -   75.0%\n"));
}

TEST(AccuracyJson, IsNullForWhatWasNeverShown) {
  const auto json = accuracy_json(accuracy_of_hair());
  EXPECT_EQ(json["subjects"]["hair color"], 0.75);
  EXPECT_EQ(json["groups"]["hair color"]["shown"], 4);
  EXPECT_TRUE(json["subjects"]["eye color"].is_null());
  EXPECT_EQ(json["mean"], 0.75);
}

}  // namespace
}  // namespace fude::apps
