#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/ascii.h"
#include "core/error.h"
#include "pipelines/comparison/comparison.h"
#include "pipelines/comparison/comparison_index.h"
#include "pipelines/comparison/grid_text.h"
#include "pipelines/comparison/prompt_lines.h"
#include "pipelines/comparison/prompt_matrix.h"
#include "pipelines/comparison/sheets.h"
#include "server/error_response.h"
#include "server/sdapi_script_arguments.h"
#include "server/sdapi_script_call.h"
#include "server/sdapi_script_run.h"

namespace fude::server {
namespace {

namespace comparison = pipelines::comparison;
using service::MadePicture;

// An index into the list of the tab, or a label.
const comparison::Axis& axis_from(const ScriptArguments& arguments, std::size_t place, Tab tab) {
  const std::string text = arguments.text(place, "0");
  std::size_t index = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || stop != text.data() + text.size()) return comparison::find_axis(text);
  const auto axes = comparison::axes_of_tab(tab == Tab::kFromPicture);
  if (index >= axes.size()) {
    throw HttpError(422, fmt::format("script_args[{}] is {}, expected 0..{}", place, text, axes.size() - 1),
                    "script_args");
  }
  return *axes[index];
}

// The list of a drop-down goes before the text unless all is text.
comparison::AxisChoice choice_from(const ScriptArguments& arguments, std::size_t place, bool is_text, Tab tab) {
  const comparison::Axis& axis = axis_from(arguments, place, tab);
  const std::vector<std::string> list = arguments.texts(place + 2);
  if (!is_text && !list.empty()) return comparison::read_axis_list(axis, list);
  return comparison::read_axis(axis, arguments.text(place + 1, ""));
}

comparison::Comparison plan_plot(const RunningScript& script) {
  const ScriptArguments arguments(script.asked.arguments);
  const bool is_text = arguments.truth(17, false);
  const comparison::ComparisonOptions options{
      .has_legend = arguments.truth(9, true),
      .has_lone_pictures = arguments.truth(10, false),
      .has_sub_grids = arguments.truth(11, false),
      .keeps_random_seeds = arguments.truth(12, false),
      .varies_seeds = {arguments.truth(13, false), arguments.truth(14, false), arguments.truth(15, false)},
      .margin = arguments.whole(16, 0)};
  std::array<comparison::AxisChoice, 3> axes;
  for (std::size_t i = 0; i < 3; ++i) axes[i] = choice_from(arguments, 3 * i, is_text, script.asked.tab);
  return comparison::plan_comparison(script.base, std::move(axes), options, script.words());
}

void append(std::vector<MadePicture>& to, std::vector<MadePicture> more) {
  std::ranges::move(more, std::back_inserter(to));
}

}  // namespace

ScriptResult run_plot(const RunningScript& script) {
  const comparison::Comparison plan = plan_plot(script);
  ScriptRun run(script);
  run.check(plan.cells, [&](const comparison::PictureSize& size) { return sheet_size(plan, size); });
  run.make(plan.cells, plan.order);
  ScriptResult result{.pictures = {}, .job = run.last_job()};
  const ScriptRun::GridWords words{
      .name = "xyz_grid",
      .infotext = comparison::grid_infotext(run.results(), comparison::text_pairs(plan)),
      .seed = comparison::grid_seed(plan.cells, run.results()),
      .saves = script.asked.saves_grid,
      .index_of = [&](const std::string& file) { return index_json(plan, run.results(), file); }};
  result.pictures.push_back(run.grid(comparison::sheet(plan, run.results()), words));
  for (std::size_t z = 0; plan.options.has_sub_grids && !plan.axes[2].is_nothing() && z < plan.axes[2].size(); ++z) {
    result.pictures.push_back(run.grid(comparison::sub_sheet(plan, run.results(), z), words));
  }
  result.grids = result.pictures.size();
  if (plan.options.has_lone_pictures) append(result.pictures, run.pictures());
  return result;
}

ScriptResult run_matrix(const RunningScript& script) {
  const ScriptArguments arguments(script.asked.arguments);
  const bool is_comma = ascii_lower(arguments.text(3, "comma")) != "space";
  const comparison::MatrixOptions options{.is_at_start = arguments.truth(0, false),
                                          .has_other_seeds = arguments.truth(1, false),
                                          .is_negative = ascii_lower(arguments.text(2, "positive")) == "negative",
                                          .joint = is_comma ? ", " : " ",
                                          .margin = arguments.whole(4, 0)};
  const comparison::PromptMatrix plan = comparison::plan_matrix(script.base, options, script.words());
  ScriptRun run(script);
  run.check(plan.cells, [&](const comparison::PictureSize& size) { return sheet_size(plan, size); });
  run.make(plan.cells, comparison::in_turn(plan.cells.size()));
  ScriptResult result{.pictures = {}, .job = run.last_job()};
  result.pictures.push_back(
      run.grid(comparison::sheet(plan, run.results()),
               {.name = "prompt_matrix",
                .infotext = comparison::grid_infotext(run.results(), {{"Script", "Prompt matrix"}}),
                .seed = comparison::grid_seed(plan.cells, run.results()),
                .saves = script.asked.saves_grid,
                .index_of = [&](const std::string& file) { return index_json(plan, run.results(), file); }}));
  result.grids = 1;
  append(result.pictures, run.pictures());
  return result;
}

ScriptResult run_lines(const RunningScript& script) {
  const ScriptArguments arguments(script.asked.arguments);
  const comparison::LineOptions options{.iterates_seeds = arguments.truth(0, false),
                                        .has_one_random_seed = arguments.truth(1, false),
                                        .place = ascii_lower(arguments.text(2, "start")) == "end"
                                                     ? comparison::LinePlace::kEnd
                                                     : comparison::LinePlace::kStart};
  const comparison::PromptLines plan =
      comparison::plan_lines(script.base, arguments.text(3, ""), options, script.words());
  ScriptRun run(script);
  run.check(plan.cells, {});
  run.make(plan.cells, comparison::in_turn(plan.cells.size()));
  ScriptResult result{.pictures = {}, .job = run.last_job()};
  if (arguments.truth(4, false) && plan.cells.size() > 1) {
    constexpr int kNearSquare = -1;
    result.pictures.push_back(run.grid(comparison::plain_sheet(run.results(), kNearSquare, 1, /*prevents_empty=*/false),
                                       {.name = "grid",
                                        .infotext = comparison::grid_infotext(run.results(), {}),
                                        .seed = comparison::grid_seed(plan.cells, run.results()),
                                        .saves = script.asked.saves_grid,
                                        .index_of = [&](const std::string& file) {
                                          return index_json(script.base, plan.cells, run.results(), file);
                                        }}));
    result.grids = 1;
  }
  append(result.pictures, run.pictures());
  return result;
}

}  // namespace fude::server
