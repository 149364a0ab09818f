#include "models/training_facts.h"

#include <gtest/gtest.h>

namespace fude::models {
namespace {

TEST(TrainingFacts, AreOpenWithoutMarks) {
  const TrainingFacts facts = training_facts({{"a", {1}}}, {});
  EXPECT_EQ(facts.predicts_v, Told::kNotTold);
  EXPECT_FALSE(facts.has_zero_terminal_snr);
}

TEST(TrainingFacts, AreToldByMarksAmongTheTensors) {
  const TrainingFacts facts = training_facts({{"v_pred", {}}, {"ztsnr", {}}}, {});
  EXPECT_EQ(facts.predicts_v, Told::kYes);
  EXPECT_TRUE(facts.has_zero_terminal_snr);
}

TEST(TrainingFacts, AreToldByTheTrainersMetadata) {
  const TrainingFacts facts = training_facts({}, {{"ss_v_parameterization", "True"}, {"ss_zero_terminal_snr", "True"}});
  EXPECT_EQ(facts.predicts_v, Told::kYes);
  EXPECT_TRUE(facts.has_zero_terminal_snr);
  EXPECT_EQ(training_facts({}, {{"ss_v_parameterization", "False"}}).predicts_v, Told::kNotTold);
}

TEST(TrainingFacts, BelieveTheModelsStatementBeforeItsMarks) {
  EXPECT_EQ(training_facts({{"v_pred", {}}}, {{"modelspec.prediction_type", "epsilon"}}).predicts_v, Told::kNo);
  EXPECT_EQ(training_facts({}, {{"modelspec.prediction_type", "v"}}).predicts_v, Told::kYes);
}

}  // namespace
}  // namespace fude::models
