#include "pipelines/comparison/comparison_order.h"

#include <gmock/gmock.h>

#include "tests/support/refusal.h"

namespace fude::pipelines::comparison {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string refused(const std::string& text, ErrorCode code = ErrorCode::kInvalidArgument) {
  return tests::refusal(code, [&] { parse_comparison_order(text, {}); });
}

GenerationRequest other_base() {
  GenerationRequest base;
  base.steps = 30;
  return base;
}

TEST(ComparisonOrder, ComesBackFromItsJson) {
  const std::string text = R"({"script": "plot", "request": {"prompt": "a girl", "steps": 4},
      "axes": {"x": {"axis": "steps", "values": "1-3"}, "z": {"axis": "Sampler", "choices": ["Euler", "a, b"]}},
      "options": {"legend": false, "sub_grids": true, "vary_seeds": ["y"], "margin": 12}, "seeds": 4294967295})";
  const ComparisonOrder order = parse_comparison_order(text, other_base());
  EXPECT_EQ(order.base.steps, 4);
  EXPECT_EQ(order.base.seed, -1);
  EXPECT_EQ(order.axes[0], (AxisOrder{.axis = "steps", .values = "1-3"}));
  EXPECT_EQ(order.axes[1], AxisOrder{});
  EXPECT_THAT(order.axes[2].choices, ElementsAre("Euler", "a, b"));
  EXPECT_FALSE(order.plot.has_legend);
  EXPECT_TRUE(order.plot.varies_seeds[1]);
  EXPECT_EQ(order.plot.margin, 12);
  EXPECT_EQ(order.seeds, 4294967295u);
  EXPECT_EQ(to_json(parse_comparison_order(to_json(order), other_base())), to_json(order));
}

TEST(ComparisonOrder, MatricesAndLinesComeBack) {
  for (const char* text :
       {R"({"script": "matrix", "request": {"prompt": "a|b"}, "options": {"at_start": true, "other_seeds": true,
            "negative": true, "joint": "space", "margin": 3}})",
        R"({"script": "lines", "request": {}, "lines": "a\n--prompt b", "options": {"iterate_seeds": true,
            "same_seed": true, "at_end": true, "combined_grid": true}})"}) {
    const ComparisonOrder order = parse_comparison_order(text, {});
    const ComparisonOrder again = parse_comparison_order(to_json(order), {});
    EXPECT_EQ(to_json(again), to_json(order));
    EXPECT_EQ(again.matrix.joint, order.matrix.joint);
    EXPECT_EQ(again.has_combined_grid, order.has_combined_grid);
    EXPECT_EQ(again.line_options.place, order.line_options.place);
  }
}

TEST(ComparisonOrder, RefusesWhatIsNoOrder) {
  EXPECT_THAT(refused("[1]", ErrorCode::kCorruptFile), HasSubstr("no JSON object"));
  EXPECT_THAT(refused(R"({"script": "film"})"), HasSubstr("'film'"));
  EXPECT_THAT(refused(R"({"scrip": "plot"})"), HasSubstr("did you mean 'script'"));
  EXPECT_THAT(refused(R"({"axes": {"w": {}}})"), HasSubstr("'w'"));
  EXPECT_THAT(refused(R"({"axes": {"x": {"axis": 5}}})"), HasSubstr("axis is a JSON number"));
  EXPECT_THAT(refused(R"({"axes": {"x": {"choices": "a"}}})"), HasSubstr("expected a list of texts"));
  EXPECT_THAT(refused(R"({"options": {"vary_seeds": ["q"]}})"), HasSubstr("expected x, y or z"));
  EXPECT_THAT(refused(R"({"options": {"margin": -1}})"), HasSubstr("margin"));
  EXPECT_THAT(refused(R"({"options": {"joint": "dash"}})"), HasSubstr("'dash'"));
  EXPECT_THAT(refused(R"({"request": {"steps": 0}})"), HasSubstr("steps"));
}

TEST(ComparisonOrder, ReadsAxesAsTheyAreWritten) {
  EXPECT_TRUE(read_axis_order({}).is_nothing());
  EXPECT_THAT(read_axis_order({.axis = "Steps", .values = "1-3"}).values, ElementsAre("1", "2", "3"));
  EXPECT_THAT(read_axis_order({.axis = "Prompt S/R", .values = "x", .choices = {"a, b", "c"}}).values,
              ElementsAre("a, b", "c"));
}

}  // namespace
}  // namespace fude::pipelines::comparison
