#include "server/sdapi_scripts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <utility>

#include "core/ascii.h"
#include "core/error.h"
#include "pipelines/comparison/comparison.h"
#include "pipelines/comparison/comparison_index.h"
#include "pipelines/comparison/grid_text.h"
#include "pipelines/comparison/prompt_lines.h"
#include "pipelines/comparison/prompt_matrix.h"
#include "pipelines/comparison/sheets.h"
#include "pipelines/picture_preparation.h"
#include "pipelines/request_json.h"
#include "server/error_response.h"
#include "server/sdapi_always_on.h"
#include "server/sdapi_script_arguments.h"
#include "server/sdapi_script_run.h"

namespace fude::server {
namespace {

namespace comparison = pipelines::comparison;
using Ordered = nlohmann::ordered_json;
using comparison::CellResult;
using service::MadePicture;
using service::Studio;

constexpr std::string_view kPlot = "x/y/z plot", kMatrix = "prompt matrix", kLines = "prompts from file or textbox";
constexpr std::array<std::string_view, 3> kTitles{kMatrix, kLines, kPlot};

/// A script on its way.
struct Call {
  Studio& studio;
  const ScriptCall& asked;
  pipelines::GenerationRequest base;
  const Request& http;

  pipelines::WordFiles words() const { return pipelines::WordFiles::of_data_dir(studio.options().data_dir); }
};

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

comparison::Comparison plan_plot(const Call& call) {
  const ScriptArguments arguments(call.asked.arguments);
  const bool is_text = arguments.truth(17, false);
  const comparison::ComparisonOptions options{
      .has_legend = arguments.truth(9, true),
      .has_lone_pictures = arguments.truth(10, false),
      .has_sub_grids = arguments.truth(11, false),
      .keeps_random_seeds = arguments.truth(12, false),
      .varies_seeds = {arguments.truth(13, false), arguments.truth(14, false), arguments.truth(15, false)},
      .margin = arguments.whole(16, 0)};
  std::array<comparison::AxisChoice, 3> axes;
  for (std::size_t i = 0; i < 3; ++i) axes[i] = choice_from(arguments, 3 * i, is_text, call.asked.tab);
  return comparison::plan_comparison(call.base, std::move(axes), options, call.words());
}

void append(std::vector<MadePicture>& to, std::vector<MadePicture> more) {
  std::ranges::move(more, std::back_inserter(to));
}

ScriptResult plot(const Call& call) {
  const comparison::Comparison plan = plan_plot(call);
  ScriptRun run(call.studio, call.http, call.asked.tab, call.asked.saves_pictures);
  run.check(plan.cells, [&](const comparison::PictureSize& size) { return sheet_size(plan, size); });
  run.make(plan.cells, plan.order);
  ScriptResult result{.pictures = {}, .job = run.last_job()};
  const ScriptRun::GridWords words{
      .name = "xyz_grid",
      .infotext = comparison::grid_infotext(run.results(), comparison::text_pairs(plan)),
      .seed = comparison::grid_seed(plan.cells, run.results()),
      .saves = call.asked.saves_grid,
      .index_of = [&](const std::string& file) { return index_json(plan, run.results(), file); }};
  result.pictures.push_back(run.grid(comparison::sheet(plan, run.results()), words));
  for (std::size_t z = 0; plan.options.has_sub_grids && !plan.axes[2].is_nothing() && z < plan.axes[2].size(); ++z) {
    result.pictures.push_back(run.grid(comparison::sub_sheet(plan, run.results(), z), words));
  }
  result.grids = result.pictures.size();
  if (plan.options.has_lone_pictures) append(result.pictures, run.pictures());
  return result;
}

ScriptResult matrix(const Call& call) {
  const ScriptArguments arguments(call.asked.arguments);
  const bool is_comma = ascii_lower(arguments.text(3, "comma")) != "space";
  const comparison::MatrixOptions options{.is_at_start = arguments.truth(0, false),
                                          .has_other_seeds = arguments.truth(1, false),
                                          .is_negative = ascii_lower(arguments.text(2, "positive")) == "negative",
                                          .joint = is_comma ? ", " : " ",
                                          .margin = arguments.whole(4, 0)};
  const comparison::PromptMatrix plan = comparison::plan_matrix(call.base, options, call.words());
  ScriptRun run(call.studio, call.http, call.asked.tab, call.asked.saves_pictures);
  run.check(plan.cells, [&](const comparison::PictureSize& size) { return sheet_size(plan, size); });
  run.make(plan.cells, comparison::in_turn(plan.cells.size()));
  ScriptResult result{.pictures = {}, .job = run.last_job()};
  result.pictures.push_back(
      run.grid(comparison::sheet(plan, run.results()),
               {.name = "prompt_matrix",
                .infotext = comparison::grid_infotext(run.results(), {{"Script", "Prompt matrix"}}),
                .seed = comparison::grid_seed(plan.cells, run.results()),
                .saves = call.asked.saves_grid,
                .index_of = [&](const std::string& file) { return index_json(plan, run.results(), file); }}));
  result.grids = 1;
  append(result.pictures, run.pictures());
  return result;
}

ScriptResult lines(const Call& call) {
  const ScriptArguments arguments(call.asked.arguments);
  const comparison::LineOptions options{.iterates_seeds = arguments.truth(0, false),
                                        .has_one_random_seed = arguments.truth(1, false),
                                        .place = ascii_lower(arguments.text(2, "start")) == "end"
                                                     ? comparison::LinePlace::kEnd
                                                     : comparison::LinePlace::kStart};
  const comparison::PromptLines plan = comparison::plan_lines(call.base, arguments.text(3, ""), options, call.words());
  ScriptRun run(call.studio, call.http, call.asked.tab, call.asked.saves_pictures);
  run.check(plan.cells, {});
  run.make(plan.cells, comparison::in_turn(plan.cells.size()));
  ScriptResult result{.pictures = {}, .job = run.last_job()};
  if (arguments.truth(4, false) && plan.cells.size() > 1) {
    constexpr int kNearSquare = -1;
    result.pictures.push_back(run.grid(
        comparison::plain_sheet(run.results(), kNearSquare, 1, /*prevents_empty=*/false),
        {.name = "grid",
         .infotext = comparison::grid_infotext(run.results(), {}),
         .seed = comparison::grid_seed(plan.cells, run.results()),
         .saves = call.asked.saves_grid,
         .index_of = [&](const std::string& file) { return index_json(call.base, plan.cells, run.results(), file); }}));
    result.grids = 1;
  }
  append(result.pictures, run.pictures());
  return result;
}

Ordered argument(std::string_view label, Ordered value, Ordered choices = nullptr) {
  Ordered row{{"label", label}, {"value", std::move(value)}};
  for (const char* name : {"minimum", "maximum", "step"}) row[name] = nullptr;
  row["choices"] = std::move(choices);
  return row;
}

Ordered margin_argument() {
  Ordered row = argument("Grid margins (px)", 0);
  row["minimum"] = 0;
  row["maximum"] = 500;
  row["step"] = 2;
  return row;
}

Ordered script(std::string_view title, Tab tab, Ordered arguments, bool is_alwayson = false) {
  return {{"name", title},
          {"is_alwayson", is_alwayson},
          {"is_img2img", tab == Tab::kFromPicture},
          {"args", std::move(arguments)}};
}

Ordered plot_arguments(Tab tab) {
  Ordered labels = Ordered::array();
  for (const comparison::Axis* axis : comparison::axes_of_tab(tab == Tab::kFromPicture)) {
    labels.push_back(axis->label);
  }
  Ordered arguments = Ordered::array();
  for (const char* letter : {"X", "Y", "Z"}) {
    arguments.push_back(argument(fmt::format("{} type", letter), "Nothing", labels));
    arguments.push_back(argument(fmt::format("{} values", letter), ""));
    arguments.push_back(argument(fmt::format("{} values", letter), Ordered::array(), Ordered::array()));
  }
  arguments.push_back(argument("Draw legend", true));
  for (const char* label : {"Include Sub Images", "Include Sub Grids", "Keep -1 for seeds", "Vary seeds for X",
                            "Vary seeds for Y", "Vary seeds for Z"}) {
    arguments.push_back(argument(label, false));
  }
  arguments.push_back(margin_argument());
  arguments.push_back(argument("Use text inputs instead of dropdowns", false));
  return arguments;
}

Ordered soft_inpainting_rows() {
  Ordered rows = Ordered::array();
  for (const AlwaysOnArgument& soft : soft_inpainting_arguments()) {
    const bool is_switch = rows.empty();
    Ordered row = argument(soft.label, is_switch ? Ordered(false) : Ordered(soft.value));
    if (!is_switch) {
      row["minimum"] = soft.minimum;
      row["maximum"] = soft.maximum;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Ordered scripts_of(Tab tab) {
  Ordered list = Ordered::array(
      {script(kMatrix, tab,
              Ordered::array({argument("Put variable parts at start of prompt", false),
                              argument("Use different seed for each picture", false),
                              argument("Select prompt", "positive", {"positive", "negative"}),
                              argument("Select joining char", "comma", {"comma", "space"}), margin_argument()})),
       script(kLines, tab,
              Ordered::array({argument("Iterate seed every line", false),
                              argument("Use same random seed for all lines", false),
                              argument("Insert prompts at the", "start", {"start", "end"}),
                              argument("List of prompt inputs", ""), argument("Make a combined image", false)})),
       script(kPlot, tab, plot_arguments(tab))});
  if (tab == Tab::kFromPicture) {
    list.push_back(script(kSoftInpainting, tab, soft_inpainting_rows(), /*is_alwayson=*/true));
  }
  return list;
}

}  // namespace

std::vector<std::string_view> script_titles(Tab tab) {
  std::vector<std::string_view> titles(kTitles.begin(), kTitles.end());
  if (tab == Tab::kFromPicture) titles.push_back(kSoftInpainting);
  return titles;
}

Ordered script_info() {
  Ordered list = scripts_of(Tab::kFromWords);
  for (Ordered& row : scripts_of(Tab::kFromPicture)) list.push_back(std::move(row));
  return list;
}

bool is_script(std::string_view title, Tab /*tab*/) {
  return std::ranges::find(kTitles, ascii_lower(title)) != kTitles.end();
}

std::optional<ScriptCall> read_script_call(const JsonObject& body, Tab tab) {
  constexpr std::size_t kLongestTitle = 200;
  const std::string title = ascii_lower(body.text("script_name", kLongestTitle).value_or(""));
  if (!is_script(title, tab)) return std::nullopt;
  Json arguments = body.value().value("script_args", Json());
  if (arguments.is_null()) arguments = Json::array();
  if (!arguments.is_array()) throw HttpError(422, "script_args is no list", "script_args");
  const bool saves = body.truth("save_images").value_or(false);
  return ScriptCall{.title = title,
                    .tab = tab,
                    .arguments = std::move(arguments),
                    .saves_pictures = saves && !body.truth("do_not_save_samples").value_or(false),
                    .saves_grid = saves && !body.truth("do_not_save_grid").value_or(false)};
}

ScriptResult run_script(Studio& studio, const ScriptCall& call, const Json& request, const Request& http) {
  pipelines::GenerationRequest base =
      pipelines::parse_request(request.dump(-1, ' ', false, Json::error_handler_t::replace),
                               studio.settings().with_settings(pipelines::api_request()))
          .request;
  pipelines::normalise(base);
  pipelines::check_pictures(base);
  const Call running{.studio = studio, .asked = call, .base = std::move(base), .http = http};
  if (call.title == kPlot) return plot(running);
  return call.title == kMatrix ? matrix(running) : lines(running);
}

}  // namespace fude::server
