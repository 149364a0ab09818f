#include "pipelines/comparison/comparison_plan.h"

#include <gmock/gmock.h>

namespace fude::pipelines::comparison {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

ComparisonOrder order_of(const std::string& text) { return parse_comparison_order(text, {}); }

std::vector<std::int64_t> seeds_of(const ComparisonPlan& plan) {
  std::vector<std::int64_t> seeds;
  for (const Cell& cell : plan.cells()) seeds.push_back(cell.jobs.front().seed);
  return seeds;
}

TEST(ComparisonPlan, AnOrderIsLaidOutAlikeEveryTime) {
  ComparisonOrder order = order_of(R"({"script": "plot", "request": {"prompt": "a {b|c|d|e|f}", "seed": -1},
      "axes": {"x": {"axis": "Seed", "values": "-1, 5, -1"}, "y": {"axis": "Steps", "values": "1,2"}},
      "options": {"keep_random_seeds": true}, "seeds": 3})");
  const ComparisonPlan plan(order, {}), again(order, {});
  EXPECT_EQ(seeds_of(plan), seeds_of(again));
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(plan.cells()[i].jobs[0].prompt, again.cells()[i].jobs[0].prompt);
  order.seeds = 4;
  EXPECT_NE(seeds_of(plan), seeds_of(ComparisonPlan(order, {})));
}

TEST(ComparisonPlan, APlotHasATableForEachZ) {
  const ComparisonPlan plan(order_of(R"({"script": "plot", "options": {"sub_grids": true}, "axes": {
      "x": {"axis": "Steps", "values": "1-3"}, "z": {"axis": "CFG Scale", "values": "5,7"}}})"),
                            {});
  const PlanTable table = table_of(plan);
  EXPECT_EQ(table.columns, 3u);
  EXPECT_EQ(table.rows, 1u);
  EXPECT_EQ(table.tables, 2u);
  EXPECT_EQ(table.column_legends.at(2).at(0).text, "Steps: 3");
  EXPECT_THAT(table.row_legends, SizeIs(0));
  EXPECT_EQ(table.table_legends.at(1).at(0).text, "CFG Scale: 7");
  EXPECT_EQ(plan.grid_count(), 3u);
  EXPECT_EQ(plan.grid_name(), "xyz_grid");
}

TEST(ComparisonPlan, AMatrixStrikesOutWhatIsNotThere) {
  const ComparisonPlan plan(order_of(R"({"script": "matrix", "request": {"prompt": "a|b|c"}})"), {});
  const PlanTable table = table_of(plan);
  EXPECT_EQ(table.columns, 2u);
  EXPECT_EQ(table.rows, 2u);
  EXPECT_FALSE(table.column_legends.at(0).at(0).is_active);
  EXPECT_TRUE(table.column_legends.at(1).at(0).is_active);
  EXPECT_EQ(table.row_legends.at(1).at(0).text, "c");
  EXPECT_EQ(plan.grid_count(), 1u);
}

TEST(ComparisonPlan, LinesHaveAGridOnlyWhenItIsAskedFor) {
  const std::string lines = R"({"script": "lines", "request": {"prompt": "a"}, "lines": "b\nc\nd")";
  const ComparisonPlan plan(order_of(lines + "}"), {});
  EXPECT_THAT(plan.cells(), SizeIs(3));
  EXPECT_THAT(plan.order(), ElementsAre(0, 1, 2));
  EXPECT_EQ(plan.grid_count(), 0u);
  EXPECT_EQ(table_of(plan).row_legends.at(1).at(0).text, "c a");
  EXPECT_EQ(ComparisonPlan(order_of(lines + R"(, "options": {"combined_grid": true}})"), {}).grid_count(), 1u);
}

TEST(ComparisonPlan, TheIndexHoldsNoPictures) {
  ComparisonOrder order = order_of(R"({"script": "plot", "axes": {"x": {"axis": "Steps", "values": "1,2"}}})");
  order.base.sources.init_images = {picture_bytes(std::string(1000, 'x'))};
  const ComparisonPlan plan(order, {});
  const std::vector<CellResult> results(2);
  EXPECT_EQ(plan.index(results, "grid.png").find("init_images\": [\n"), std::string::npos);
  EXPECT_LT(plan.index(results, "grid.png").size(), 20'000u);
}

}  // namespace
}  // namespace fude::pipelines::comparison
