#include "server/sdapi_scripts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/ascii.h"
#include "pipelines/comparison/axes.h"
#include "pipelines/picture_preparation.h"
#include "pipelines/request_json.h"
#include "server/error_response.h"
#include "server/sdapi_always_on.h"
#include "server/sdapi_script_call.h"

namespace fude::server {
namespace {

namespace comparison = pipelines::comparison;
using Ordered = nlohmann::ordered_json;

Ordered argument(std::string_view label, Ordered value, Ordered choices = nullptr) {
  Ordered row{{"label", label}, {"value", std::move(value)}};
  for (const char* name : {"minimum", "maximum", "step"}) row[name] = nullptr;
  row["choices"] = std::move(choices);
  return row;
}

Ordered slider(std::string_view label, Ordered value, double minimum, double maximum, double step) {
  Ordered row = argument(label, std::move(value));
  row["minimum"] = minimum;
  row["maximum"] = maximum;
  row["step"] = step;
  return row;
}

Ordered margin_argument() { return slider("Grid margins (px)", 0, 0, 500, 2); }

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

Ordered matrix_arguments(Tab) {
  return Ordered::array({argument("Put variable parts at start of prompt", false),
                         argument("Use different seed for each picture", false),
                         argument("Select prompt", "positive", {"positive", "negative"}),
                         argument("Select joining char", "comma", {"comma", "space"}), margin_argument()});
}

Ordered lines_arguments(Tab) {
  return Ordered::array({argument("Iterate seed every line", false),
                         argument("Use same random seed for all lines", false),
                         argument("Insert prompts at the", "start", {"start", "end"}),
                         argument("List of prompt inputs", ""), argument("Make a combined image", false)});
}

Ordered loopback_arguments(Tab) {
  return Ordered::array({slider("Loops", 4, 1, 32, 1), slider("Final denoising strength", 0.5, 0, 1, 0.01),
                         argument("Denoising strength curve", "Linear", {"Aggressive", "Linear", "Lazy"}),
                         argument("Append interrogated prompt at each iteration", "None", {"None"})});
}

Ordered sides_argument() {
  const Ordered sides{"left", "right", "up", "down"};
  return argument("Outpainting direction", sides, sides);
}

Ordered outpainting_arguments(Tab) {
  return Ordered::array({argument("", ""), slider("Pixels to expand", 128, 8, 256, 8), slider("Mask blur", 8, 0, 64, 1),
                         sides_argument(), slider("Fall-off exponent (lower=higher detail)", 1.0, 0, 4, 0.01),
                         slider("Color variation", 0.05, 0, 1, 0.01)});
}

Ordered poor_outpainting_arguments(Tab) {
  return Ordered::array({slider("Pixels to expand", 128, 8, 256, 8), slider("Mask blur", 4, 0, 64, 1),
                         argument("Masked content", "fill", {"fill", "original", "latent noise", "latent nothing"}),
                         sides_argument()});
}

Ordered sd_upscale_arguments(Tab) {
  return Ordered::array({argument("", ""), slider("Tile overlap", 64, 0, 256, 16), argument("Upscaler", "None"),
                         slider("Scale Factor", 2.0, 1, 4, 0.05)});
}

Ordered soft_inpainting_rows() {
  Ordered rows = Ordered::array({argument(soft_inpainting_arguments().front().label, false)});
  for (const AlwaysOnArgument& soft : soft_inpainting_arguments().subspan(1)) {
    rows.push_back(slider(soft.label, soft.value, soft.minimum, soft.maximum, 0.1));
  }
  return rows;
}

/// A script that `script_name` may name.
struct Script {
  std::string_view title;  // lower case
  bool is_for_words;       // those for pictures are all of them
  bool returns_masks;      // behind its pictures, where return_mask asks for them
  Ordered (*arguments)(Tab tab);
  ScriptResult (*run)(const RunningScript& script);

  bool is_in(Tab tab) const { return tab == Tab::kFromPicture || is_for_words; }
};

constexpr std::array kScripts{
    Script{"prompt matrix", true, true, matrix_arguments, run_matrix},
    Script{"prompts from file or textbox", true, true, lines_arguments, run_lines},
    Script{"x/y/z plot", true, false, plot_arguments, run_plot},
    Script{"loopback", false, false, loopback_arguments, run_loopback},
    Script{"outpainting mk2", false, false, outpainting_arguments, run_outpainting},
    Script{"poor man's outpainting", false, false, poor_outpainting_arguments, run_poor_outpainting},
    Script{"sd upscale", false, false, sd_upscale_arguments, run_sd_upscale},
};

// nullptr: the tab has none of that name.
const Script* find_script(std::string_view title, Tab tab) {
  const std::string name = ascii_lower(title);
  const auto found =
      std::ranges::find_if(kScripts, [&](const Script& script) { return script.title == name && script.is_in(tab); });
  return found == kScripts.end() ? nullptr : &*found;
}

Ordered info_row(std::string_view title, Tab tab, bool is_alwayson, Ordered arguments) {
  return {{"name", title},
          {"is_alwayson", is_alwayson},
          {"is_img2img", tab == Tab::kFromPicture},
          {"args", std::move(arguments)}};
}

}  // namespace

std::vector<std::string_view> script_titles(Tab tab) {
  std::vector<std::string_view> titles;
  for (const Script& script : kScripts) {
    if (script.is_in(tab)) titles.push_back(script.title);
  }
  if (tab == Tab::kFromPicture) titles.push_back(kSoftInpainting);
  return titles;
}

Ordered script_info() {
  Ordered list = Ordered::array();
  for (const Tab tab : {Tab::kFromWords, Tab::kFromPicture}) {
    for (const Script& script : kScripts) {
      if (script.is_in(tab)) list.push_back(info_row(script.title, tab, false, script.arguments(tab)));
    }
  }
  list.push_back(info_row(kSoftInpainting, Tab::kFromPicture, true, soft_inpainting_rows()));
  return list;
}

bool is_script(std::string_view title, Tab tab) { return find_script(title, tab) != nullptr; }

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

ScriptResult run_script(service::Studio& studio, const ScriptCall& call, const Json& request, const Request& http) {
  pipelines::ParsedRequest parsed =
      pipelines::parse_request(request.dump(-1, ' ', false, Json::error_handler_t::replace),
                               studio.settings().with_settings(pipelines::api_request()));
  pipelines::refuse_special_work(parsed, "a script");
  pipelines::normalise(parsed.request);
  pipelines::check_pictures(parsed.request);
  const Script& script = *find_script(call.title, call.tab);
  if (!script.returns_masks) parsed.request.return_mask = parsed.request.return_mask_composite = false;
  return script.run({.studio = studio,
                     .asked = call,
                     .base = std::move(parsed.request),
                     .saving = std::move(parsed.saving),
                     .http = http});
}

}  // namespace fude::server
