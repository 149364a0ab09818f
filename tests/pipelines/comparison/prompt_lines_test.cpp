#include "pipelines/comparison/prompt_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace fude::pipelines::comparison {
namespace {

using testing::ElementsAre, testing::HasSubstr, testing::Pair;

GenerationRequest base() {
  GenerationRequest request;
  request.seed = 5;
  normalise(request);
  return request;
}

const GenerationRequest& line(const PromptLines& lines, std::size_t index) {
  return lines.cells.at(index).jobs.front();
}

TEST(ShellWords, FollowPosixQuoting) {
  EXPECT_THAT(shell_words(R"( a  'b "c' "d \"e\" \n" f\ g'h'"i" )"), ElementsAre("a", "b \"c", "d \"e\" \\n", "f ghi"));
  EXPECT_THAT(shell_words("''"), ElementsAre(""));
  EXPECT_THROW(shell_words("it's"), Error);
  EXPECT_THROW(shell_words("\"a"), Error);
  EXPECT_THROW(shell_words("a\\"), Error);
}

TEST(ParseLineOptions, LetsPromptsReachToTheNextOption) {
  EXPECT_THAT(parse_line_options("--prompt a girl, sky --steps 7 --negative_prompt low quality"),
              ElementsAre(Pair("prompt", "a girl, sky"), Pair("steps", "7"), Pair("negative_prompt", "low quality")));
  EXPECT_THROW(parse_line_options("girl --steps 7"), Error);
  EXPECT_THROW(parse_line_options("--stesp 7"), Error);
  EXPECT_THROW(parse_line_options("--steps"), Error);
}

TEST(PlanLines, MakesAJobOfEveryLineThatIsNotEmpty) {
  const PromptLines lines = plan_lines(base(),
                                       "\xEF\xBB\xBF"
                                       "a girl\r\n\n  \n--prompt b --steps 7 --cfg_scale 5.5 --width 64 --height 128 "
                                       "--sampler_name 'Euler a' --seed 9 --n_iter 2",
                                       {}, {});
  ASSERT_EQ(lines.cells.size(), 2u);
  EXPECT_EQ(line(lines, 0).prompt, "a girl");
  EXPECT_EQ(line(lines, 0).seed, 5);
  EXPECT_EQ(line(lines, 1).prompt, "b");
  EXPECT_EQ(line(lines, 1).steps, 7);
  EXPECT_EQ(line(lines, 1).cfg_scale, 5.5);
  EXPECT_EQ(line(lines, 1).height, 128);
  EXPECT_EQ(line(lines, 1).sampler, "Euler a");
  EXPECT_EQ(line(lines, 1).seed, 9);
  EXPECT_EQ(line(lines, 1).batch_count, 2);
  EXPECT_EQ(lines.cells[1].name, "line 4");
  EXPECT_TRUE(lines.warnings.empty());
}

TEST(PlanLines, TakesALineItCannotReadForAPrompt) {
  const PromptLines lines = plan_lines(base(), "a girl -- it's late\n--colour red", {}, {});
  EXPECT_EQ(line(lines, 0).prompt, "a girl -- it's late");
  EXPECT_EQ(line(lines, 1).prompt, "--colour red");
  ASSERT_EQ(lines.warnings.size(), 2u);
  EXPECT_THAT(lines.warnings[1], HasSubstr("line 2"));
}

TEST(PlanLines, PutsItsWordsBesideTheRequestsOwn) {
  GenerationRequest request = base();
  request.prompt = "sky";
  request.negative_prompt = "low";
  const PromptLines start = plan_lines(request, "--prompt girl --negative_prompt bad", {}, {});
  EXPECT_EQ(line(start, 0).prompt, "girl sky");
  EXPECT_EQ(line(start, 0).negative_prompt, "bad low");
  EXPECT_EQ(line(plan_lines(request, "girl", {.place = LinePlace::kEnd}, {}), 0).prompt, "sky girl");
  EXPECT_EQ(line(plan_lines(request, "--seed 3", {}, {}), 0).prompt, "sky");
}

TEST(PlanLines, CountsSeedsUpWhereAsked) {
  GenerationRequest request = base();
  request.batch_count = 3;
  const PromptLines counted = plan_lines(request, "a\nb\nc", {.iterates_seeds = true}, {});
  EXPECT_EQ(line(counted, 2).seed, 5 + 2 * 3);
  request.seed = -1;
  const PromptLines same = plan_lines(request, "a\nb", {.has_one_random_seed = true}, {});
  EXPECT_EQ(line(same, 0).seed, line(same, 1).seed);
  const PromptLines free = plan_lines(request, "a\nb", {}, {});
  EXPECT_NE(line(free, 0).seed, line(free, 1).seed);
}

TEST(PlanLines, RefusesValuesOutOfRangeWithTheLinesNumber) {
  try {
    plan_lines(base(), "a\n--prompt b --steps 0", {}, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("line 2"));
  }
  EXPECT_THROW(plan_lines(base(), " \n\n", {}, {}), Error);
}

TEST(PlanLines, WritesNowhereElseBecauseALineSaysSo) {
  const PromptLines lines = plan_lines(base(), "--prompt a --outpath_samples /etc", {}, {});
  EXPECT_EQ(line(lines, 0).prompt, "a");
  EXPECT_THAT(lines.warnings, ElementsAre(HasSubstr("outpath_samples")));
}

}  // namespace
}  // namespace fude::pipelines::comparison
