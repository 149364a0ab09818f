#include "pipelines/comparison/prompt_matrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace fude::pipelines::comparison {
namespace {

using testing::ElementsAre;

GenerationRequest base(const std::string& prompt) {
  GenerationRequest request;
  request.prompt = prompt;
  request.seed = 5;
  normalise(request);
  return request;
}

std::vector<std::string> prompts(const PromptMatrix& matrix) {
  std::vector<std::string> list;
  for (const Cell& cell : matrix.cells) list.push_back(cell.jobs.front().prompt);
  return list;
}

TEST(SplitMatrix, PartsAtBarsOutsideBrackets) {
  EXPECT_THAT(split_matrix(" a , b| c |d"), ElementsAre("a , b", "c", "d"));
  EXPECT_THAT(split_matrix("a [cat|dog] {x|y}|b"), ElementsAre("a [cat|dog] {x|y}", "b"));
  EXPECT_THAT(split_matrix("a (b:1.2|c"), ElementsAre("a (b:1.2", "c"));
  EXPECT_THAT(split_matrix("a \\(b|c\\)|d"), ElementsAre("a \\(b", "c\\)", "d"));
  EXPECT_THAT(split_matrix("a ) b|c ]"), ElementsAre("a ) b", "c ]"));
  EXPECT_THAT(split_matrix(""), ElementsAre(""));
}

TEST(PlanMatrix, MakesEveryCombination) {
  const PromptMatrix matrix = plan_matrix(base("girl|hat,|sky"), {}, {});
  EXPECT_THAT(prompts(matrix), ElementsAre("girl", "girl, hat", "girl, sky", "girl, hat, sky"));
  EXPECT_EQ(matrix.columns(), 2u);
  EXPECT_EQ(matrix.cells[3].jobs.front().seed, 5);
}

TEST(PlanMatrix, FollowsItsOptions) {
  EXPECT_THAT(prompts(plan_matrix(base("girl|hat"), {.is_at_start = true, .joint = " "}, {})),
              ElementsAre("girl", "hat girl"));
  const PromptMatrix seeds = plan_matrix(base("girl|hat|sky"), {.has_other_seeds = true}, {});
  EXPECT_EQ(seeds.cells[3].jobs.front().seed, 8);
  GenerationRequest request = base("girl|hat");
  request.negative_prompt = "low|bad";
  const PromptMatrix negative = plan_matrix(request, {.is_negative = true}, {});
  EXPECT_EQ(negative.cells[1].jobs.front().negative_prompt, "low, bad");
  EXPECT_EQ(negative.cells[1].jobs.front().prompt, "girl|hat");
}

TEST(PlanMatrix, PutsTheLargerHalfOfThePartsAlongTheColumns) {
  const PromptMatrix matrix = plan_matrix(base("a|b|c|d"), {}, {});
  EXPECT_EQ(matrix.column_parts, 2u);
  EXPECT_EQ(matrix.cells.size() / matrix.columns(), 2u);
}

TEST(PlanMatrix, RefusesMoreCombinationsThanAGridHolds) {
  EXPECT_THROW(plan_matrix(base("a|1|2|3|4|5|6|7|8|9|10|11|12|13|14"), {}, {}), Error);
  EXPECT_THROW(plan_matrix(base("a|b"), {.margin = -1}, {}), Error);
}

}  // namespace
}  // namespace fude::pipelines::comparison
