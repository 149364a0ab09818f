#include "pipelines/comparison/comparison_order.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "core/error.h"
#include "core/nearest_name.h"
#include "pipelines/request_json.h"

namespace fude::pipelines::comparison {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 3> kScripts{"plot", "matrix", "lines"};
constexpr std::array<const char*, 3> kAxisNames{"x", "y", "z"};
constexpr std::array<std::string_view, 6> kMembers{"script", "request", "axes", "options", "lines", "seeds"};
constexpr std::array<std::string_view, 3> kAxisMembers{"axis", "values", "choices"};
constexpr std::array<std::string_view, 13> kOptions{
    "legend",   "sub_grids", "keep_random_seeds", "vary_seeds", "margin", "at_start",     "other_seeds",
    "negative", "joint",     "iterate_seeds",     "same_seed",  "at_end", "combined_grid"};

void allow_only(const Json& object, std::span<const std::string_view> names) {
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(names, name) != names.end()) continue;
    fail(ErrorCode::kInvalidArgument, "unknown member '{}' of a comparison{}", printable(name, 60),
         did_you_mean(name, names));
  }
}

[[noreturn]] void refuse(std::string_view name, const Json& value, std::string_view expected) {
  fail(ErrorCode::kInvalidArgument, "{} is a JSON {}, expected {}", name, value.type_name(), expected);
}

const Json* member(const Json& object, std::string_view name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

const Json* object_member(const Json& object, std::string_view name) {
  const Json* value = member(object, name);
  if (value != nullptr && !value->is_object()) refuse(name, *value, "an object");
  return value;
}

void read(const Json& object, std::string_view name, bool& into) {
  const Json* value = member(object, name);
  if (value == nullptr) return;
  if (!value->is_boolean()) refuse(name, *value, "true or false");
  into = value->get<bool>();
}

void read(const Json& object, std::string_view name, std::string& into) {
  const Json* value = member(object, name);
  if (value == nullptr) return;
  if (!value->is_string()) refuse(name, *value, "a text");
  into = value->get<std::string>();
}

void read(const Json& object, std::string_view name, std::vector<std::string>& into) {
  const Json* value = member(object, name);
  if (value == nullptr) return;
  const bool is_list = value->is_array() && std::ranges::all_of(*value, [](const Json& v) { return v.is_string(); });
  if (!is_list) refuse(name, *value, "a list of texts");
  if (value->size() > kMostAxisValues) {
    fail(ErrorCode::kInvalidArgument, "an axis has {} values, expected at most {}", value->size(), kMostAxisValues);
  }
  into = value->get<std::vector<std::string>>();
}

template <typename Number>
void read_whole(const Json& object, std::string_view name, Number& into) {
  const Json* value = member(object, name);
  if (value == nullptr) return;
  if (!value->is_number_integer() || !(value->get<double>() >= 0 && value->get<double>() <= 0xFFFFFFFF)) {
    refuse(name, *value, "a whole number from 0");
  }
  into = static_cast<Number>(std::min(value->get<std::int64_t>(), std::int64_t{std::numeric_limits<Number>::max()}));
}

// One of two or three names.
std::size_t read_name(const Json& object, std::string_view name, std::span<const std::string_view> names) {
  std::string text(names.front());
  read(object, name, text);
  const auto found = std::ranges::find(names, text);
  if (found == names.end()) {
    fail(ErrorCode::kInvalidArgument, "a comparison has no {} '{}'{}", name, printable(text, 40),
         did_you_mean(text, names));
  }
  return static_cast<std::size_t>(found - names.begin());
}

void read_axes(const Json& body, ComparisonOrder& order) {
  const Json* axes = object_member(body, "axes");
  if (axes == nullptr) return;
  constexpr std::array<std::string_view, 3> kNames{"x", "y", "z"};
  allow_only(*axes, kNames);
  for (std::size_t i = 0; i < 3; ++i) {
    const Json* axis = object_member(*axes, kAxisNames[i]);
    if (axis == nullptr) continue;
    allow_only(*axis, kAxisMembers);
    read(*axis, "axis", order.axes[i].axis);
    read(*axis, "values", order.axes[i].values);
    read(*axis, "choices", order.axes[i].choices);
  }
}

void read_varied(const Json& options, ComparisonOrder& order) {
  std::vector<std::string> varied;
  read(options, "vary_seeds", varied);
  for (const std::string& axis : varied) {
    const auto found = std::ranges::find(kAxisNames, axis);
    if (found == kAxisNames.end()) {
      fail(ErrorCode::kInvalidArgument, "vary_seeds has '{}', expected x, y or z", printable(axis, 40));
    }
    order.plot.varies_seeds[static_cast<std::size_t>(found - kAxisNames.begin())] = true;
  }
}

void read_options(const Json& body, ComparisonOrder& order) {
  const Json* options = object_member(body, "options");
  if (options == nullptr) return;
  allow_only(*options, kOptions);
  read(*options, "legend", order.plot.has_legend);
  read(*options, "sub_grids", order.plot.has_sub_grids);
  read(*options, "keep_random_seeds", order.plot.keeps_random_seeds);
  read_varied(*options, order);
  read_whole(*options, "margin", order.plot.margin);
  order.matrix.margin = order.plot.margin;
  read(*options, "at_start", order.matrix.is_at_start);
  read(*options, "other_seeds", order.matrix.has_other_seeds);
  read(*options, "negative", order.matrix.is_negative);
  constexpr std::array<std::string_view, 2> kJoints{"comma", "space"};
  order.matrix.joint = read_name(*options, "joint", kJoints) == 0 ? ", " : " ";
  read(*options, "iterate_seeds", order.line_options.iterates_seeds);
  read(*options, "same_seed", order.line_options.has_one_random_seed);
  bool is_at_end = false;
  read(*options, "at_end", is_at_end);
  order.line_options.place = is_at_end ? LinePlace::kEnd : LinePlace::kStart;
  read(*options, "combined_grid", order.has_combined_grid);
}

Json axes_json(const ComparisonOrder& order) {
  Json axes = Json::object();
  for (std::size_t i = 0; i < 3; ++i) {
    const AxisOrder& axis = order.axes[i];
    if (axis == AxisOrder{}) continue;
    Json& written = axes[kAxisNames[i]] = {{"axis", axis.axis}};
    if (axis.choices.empty()) {
      written["values"] = axis.values;
    } else {
      written["choices"] = axis.choices;
    }
  }
  return axes;
}

Json options_json(const ComparisonOrder& order) {
  if (order.script == Script::kMatrix) {
    return {{"at_start", order.matrix.is_at_start},
            {"other_seeds", order.matrix.has_other_seeds},
            {"negative", order.matrix.is_negative},
            {"joint", order.matrix.joint == " " ? "space" : "comma"},
            {"margin", order.matrix.margin}};
  }
  if (order.script == Script::kLines) {
    return {{"iterate_seeds", order.line_options.iterates_seeds},
            {"same_seed", order.line_options.has_one_random_seed},
            {"at_end", order.line_options.place == LinePlace::kEnd},
            {"combined_grid", order.has_combined_grid}};
  }
  Json varied = Json::array();
  for (std::size_t i = 0; i < 3; ++i) {
    if (order.plot.varies_seeds[i]) varied.push_back(kAxisNames[i]);
  }
  return {{"legend", order.plot.has_legend},
          {"sub_grids", order.plot.has_sub_grids},
          {"keep_random_seeds", order.plot.keeps_random_seeds},
          {"vary_seeds", std::move(varied)},
          {"margin", order.plot.margin}};
}

}  // namespace

std::string_view name_of(Script script) { return kScripts[static_cast<std::size_t>(script)]; }

ComparisonOrder parse_comparison_order(std::string_view text, const GenerationRequest& base,
                                       std::vector<std::string>* warnings) {
  const Json body = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object()) fail(ErrorCode::kCorruptFile, "comparison is no JSON object");
  allow_only(body, kMembers);
  ComparisonOrder order;
  order.script = static_cast<Script>(read_name(body, "script", kScripts));
  const Json* request = object_member(body, "request");
  const Json nothing = Json::object();
  ParsedRequest parsed = parse_request((request == nullptr ? nothing : *request).dump(), base);
  if (warnings != nullptr) *warnings = std::move(parsed.warnings);
  order.base = std::move(parsed.request);
  order.saving = std::move(parsed.saving);
  if (parsed.outpainting) {
    resolve_seeds(order.base);  // the ground is drawn by the seed
    order.base = outpainting_request(std::move(order.base), *std::exchange(parsed.outpainting, std::nullopt));
  }
  refuse_special_work(parsed, "a comparison");
  normalise(order.base);
  read_axes(body, order);
  read_options(body, order);
  read(body, "lines", order.lines);
  if (order.lines.size() > kLongestLines) {
    fail(ErrorCode::kInvalidArgument, "the list of prompts has {} bytes, expected at most {}", order.lines.size(),
         kLongestLines);
  }
  read_whole(body, "seeds", order.seeds);
  return order;
}

std::string to_json(const ComparisonOrder& order) {
  Json body{{"script", name_of(order.script)},
            {"request", Json::parse(request_to_json(order.base, order.saving))},
            {"options", options_json(order)},
            {"seeds", order.seeds}};
  if (order.script == Script::kPlot) body["axes"] = axes_json(order);
  if (order.script == Script::kLines) body["lines"] = order.lines;
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

AxisChoice read_axis_order(const AxisOrder& order) {
  if (order.axis.empty()) return {};
  const Axis& axis = find_axis(order.axis);
  return order.choices.empty() ? read_axis(axis, order.values) : read_axis_list(axis, order.choices);
}

}  // namespace fude::pipelines::comparison
