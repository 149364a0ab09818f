#include "pipelines/comparison/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/error.h"

namespace fude::pipelines::comparison {
namespace {

using testing::ElementsAre, testing::HasSubstr;

GenerationRequest base(const std::string& prompt = "1girl, sky") {
  GenerationRequest request;
  request.prompt = prompt;
  request.width = request.height = 64;
  request.seed = 5;
  request.subseed = 6;
  normalise(request);
  return request;
}

Comparison plan(const GenerationRequest& request, const std::string& x, const std::string& y = "",
                const std::string& z = "", const ComparisonOptions& options = {}) {
  const auto axis = [](const std::string& text) { return text.empty() ? AxisChoice{} : read_axis_text(text); };
  return plan_comparison(request, {axis(x), axis(y), axis(z)}, options, {});
}

const GenerationRequest& first(const Comparison& comparison, std::size_t x, std::size_t y = 0, std::size_t z = 0) {
  return comparison.cells.at(comparison.index(x, y, z)).jobs.front();
}

std::string refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(PlanComparison, MakesARequestForEveryCell) {
  const Comparison comparison =
      plan(base(), "Steps=10-30 (+10)", "Sampler=Euler a,DPM++ 2M Karras", "Size=64x64,128x64");
  ASSERT_EQ(comparison.cells.size(), 12u);
  EXPECT_EQ(first(comparison, 2, 1, 1).steps, 30);
  EXPECT_EQ(first(comparison, 2, 1, 1).sampler, "DPM++ 2M");
  EXPECT_EQ(first(comparison, 2, 1, 1).scheduler, "Karras");
  EXPECT_EQ(first(comparison, 2, 1, 1).width, 128);
  EXPECT_EQ(first(comparison, 0, 0, 0).steps, 10);
  EXPECT_EQ(first(comparison, 0, 0, 0).sampler, "Euler a");
  EXPECT_EQ(workload_of(comparison.cells).pictures, 12);
  EXPECT_EQ(workload_of(comparison.cells).steps, 4 * (10 + 20 + 30));
  EXPECT_EQ(largest_picture(comparison.cells, 512).width, 128);
}

TEST(PlanComparison, NamingAFaceRestorerLetsItRestore) {
  const Comparison comparison = plan(base(), "Face restore=None,CodeFormer,GFPGAN");
  ASSERT_EQ(comparison.cells.size(), 3u);
  EXPECT_EQ(acting_face_restorer(first(comparison, 0, 0, 0)), "");
  EXPECT_EQ(acting_face_restorer(first(comparison, 2, 0, 0)), "GFPGAN");
}

TEST(PlanComparison, WithoutAxesIsOneCell) {
  const Comparison comparison = plan(base(), "");
  ASSERT_EQ(comparison.cells.size(), 1u);
  EXPECT_EQ(first(comparison, 0).seed, 5);
}

TEST(PlanComparison, SearchAndReplaceChangesBothPrompts) {
  GenerationRequest request = base("hair, long hair");
  request.negative_prompt = "bad hair";
  const Comparison comparison = plan(request, "S/R=hair, \"red, hair\",");
  EXPECT_EQ(first(comparison, 0).prompt, "hair, long hair");
  EXPECT_EQ(first(comparison, 1).prompt, "red, hair, long red, hair");
  EXPECT_EQ(first(comparison, 1).negative_prompt, "bad red, hair");
  EXPECT_EQ(first(comparison, 2).prompt, ", long ");
  EXPECT_THAT(refusal([&] { plan(request, "S/R=Hair,x"); }), HasSubstr("neither prompt"));
}

TEST(PlanComparison, ASecondSearchSeesWhatTheFirstPutIn) {
  const Comparison comparison = plan(base("a cat"), "S/R=cat,dog", "S/R=dog,bird");
  EXPECT_EQ(first(comparison, 0, 1).prompt, "a cat");
  EXPECT_EQ(first(comparison, 1, 1).prompt, "a bird");
}

TEST(PlanComparison, PromptOrderTriesAllOrdersInPlace) {
  const Comparison comparison = plan(base("a girl, sky and sea, blue"), "Prompt order=sea, girl, blue");
  ASSERT_EQ(comparison.axes[0].size(), 6u);
  EXPECT_EQ(legend_of(comparison.axes[0], 0), "sea, girl, blue");
  EXPECT_EQ(first(comparison, 0).prompt, "a sea, sky and girl, blue");
  std::set<std::string> prompts;
  for (const Cell& cell : comparison.cells) prompts.insert(cell.jobs.front().prompt);
  EXPECT_EQ(prompts.size(), 6u);
  EXPECT_THAT(refusal([&] { plan(base(), "Prompt order=sky, moon"); }), HasSubstr("'moon' is not in the prompt"));
}

TEST(PlanComparison, FixesSeedsOnceUnlessTheyAreKept) {
  GenerationRequest request = base();
  request.seed = -1;
  const Comparison fixed = plan(request, "Steps=1-3");
  EXPECT_EQ(first(fixed, 0).seed, first(fixed, 2).seed);
  EXPECT_NE(fixed.base.seed, -1);
  const Comparison drawn = plan(request, "Seed=-1,7,-1", "Steps=1,2");
  EXPECT_EQ(first(drawn, 0, 0).seed, first(drawn, 0, 1).seed);
  EXPECT_NE(first(drawn, 0, 0).seed, first(drawn, 2, 0).seed);
  EXPECT_EQ(first(drawn, 1, 1).seed, 7);
  EXPECT_EQ(drawn.axes[0].fixed.size(), 3u);
  const Comparison kept = plan(request, "Steps=1-3", "", "", {.keeps_random_seeds = true});
  EXPECT_NE(first(kept, 0).seed, first(kept, 2).seed);
  EXPECT_GE(first(kept, 0).seed, 0);
}

TEST(PlanComparison, VariesSeedsAlongTheAxesAsked) {
  const Comparison along_two = plan(base(), "Steps=1-3", "CFG=1,2", "", {.varies_seeds = {true, true, false}});
  EXPECT_EQ(first(along_two, 2, 1).seed, 5 + 2 + 3);
  const Comparison along_y = plan(base(), "Steps=1-3", "CFG=1,2", "", {.varies_seeds = {false, true, false}});
  EXPECT_EQ(first(along_y, 2, 1).seed, 5 + 1);
}

TEST(PlanComparison, CostlyAxesChangeLeast) {
  const Comparison comparison = plan(base(), "Checkpoint name=a,b", "Steps=1,2", "Seed=1,2");
  std::vector<std::string> models;
  for (const std::size_t index : comparison.order) models.push_back(comparison.cells[index].jobs.front().model);
  EXPECT_THAT(models, ElementsAre("a", "a", "a", "a", "b", "b", "b", "b"));
  EXPECT_EQ(std::set<std::size_t>(comparison.order.begin(), comparison.order.end()).size(), 8u);
}

TEST(PlanComparison, RefusesWhatCannotBeMadeBeforeAnythingIs) {
  EXPECT_THAT(refusal([] { plan(base(), "Sampler=Euler a,Eulre"); }), HasSubstr("Sampler = 'Eulre'"));
  EXPECT_THAT(refusal([] { plan(base(), "Steps=10,0"); }), HasSubstr("Steps = '0'"));
  EXPECT_THAT(refusal([] { plan(base(), "Size=64x64,big"); }), HasSubstr("'big'"));
  EXPECT_THAT(refusal([] { plan(base(), "Steps="); }), HasSubstr("no values"));
  EXPECT_THAT(refusal([] { plan(base(), "Steps"); }), HasSubstr("NAME=VALUES"));
  EXPECT_THAT(refusal([] { plan(base(), "Steps=1,2", "Steps=3,4"); }), HasSubstr("two axes"));
  EXPECT_THAT(refusal([] { plan(base(), "Steps=1-1000", "CFG=1-11"); }), HasSubstr("cells"));
  EXPECT_THAT(refusal([] { plan(base(), "Steps=1", "", "", {.margin = 501}); }), HasSubstr("0..500"));
  EXPECT_THAT(refusal([] { plan(base(), "Styles=no such style"); }), HasSubstr("style"));
}

TEST(PlanComparison, EveryCellDrawsItsTemplateFromItsOwnSeed) {
  const Comparison comparison = plan(base("{a|b|c|d|e|f|g|h} girl"), "Seed=1-20");
  std::set<std::string> prompts;
  for (const Cell& cell : comparison.cells) prompts.insert(cell.jobs.front().prompt);
  EXPECT_GT(prompts.size(), 2u);
}

TEST(LegendOf, SaysLabelAndValueButNotWhatIsClear) {
  EXPECT_EQ(legend_of(read_axis_text("Steps=20"), 0), "Steps: 20");
  EXPECT_EQ(legend_of(read_axis_text("cfg=0-1 (+0.1)"), 3), "CFG Scale: 0.3");
  EXPECT_EQ(legend_of(read_axis_text("Sampler=Euler a"), 0), "Euler a");
  EXPECT_EQ(legend_of(read_axis_text("S/R=a,b"), 1), "b");
  EXPECT_EQ(legend_of(read_axis_text("Checkpoint name=below/it.safetensors"), 0), "it.safetensors");
  EXPECT_EQ(legend_of({}, 0), "");
}

TEST(ReadAxisList, KeepsCommasOfSingleValues) {
  const AxisChoice choice = read_axis_list(find_axis("S/R"), {"a, b", "c \"d\", e"});
  EXPECT_THAT(choice.values, ElementsAre("a, b", "c \"d\", e"));
  EXPECT_EQ(choice.text, R"("a, b", "c ""d"", e")");
}

}  // namespace
}  // namespace fude::pipelines::comparison
