#include "prompt/plan.h"

#include <gmock/gmock.h>

namespace fude::prompt {
namespace {

using Entries = std::vector<ScheduleEntry>;

TEST(PlanPrompt, ReadsCommentsNetworksPartsAndSchedulesInThisOrder) {
  const PromptPlan plan = plan_prompt("<lora:a>[x:y:2] :1.5 AND z # AND w", {.schedule = {.steps = 4}});
  ASSERT_EQ(plan.networks.size(), 1u);
  ASSERT_EQ(plan.parts.size(), 2u);
  EXPECT_EQ(plan.parts[0].text, "[x:y:2]");
  EXPECT_EQ(plan.parts[0].weight, 1.5);
  EXPECT_EQ(plan.parts[0].schedules, (Entries{{2, "x"}, {4, "y"}}));
  EXPECT_EQ(plan.parts[1].schedules, (Entries{{4, " z"}}));
}

TEST(PlanPrompt, KeepsCommentsWhenAsked) {
  EXPECT_EQ(plan_prompt("a #b", {.strips_comments = false}).parts[0].text, "a #b");
}

TEST(PlanPrompt, ReadsANegativePromptAsOnePart) {
  const PromptPlan plan = plan_prompt("<lora:a> x AND [y:2]", {.schedule = {.steps = 4}, .is_negative = true});
  EXPECT_TRUE(plan.networks.empty());
  ASSERT_EQ(plan.parts.size(), 1u);
  EXPECT_EQ(plan.parts[0].schedules, (Entries{{2, "<lora:a> x AND "}, {4, "<lora:a> x AND y"}}));
}

}  // namespace
}  // namespace fude::prompt
