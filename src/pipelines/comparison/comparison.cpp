#include "pipelines/comparison/comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "core/ascii.h"
#include "core/error.h"
#include "pipelines/comparison/prompt_change.h"

namespace fude::pipelines::comparison {
namespace {

bool is_seed(const Axis& axis) {
  return axis.field != nullptr && (axis.field->name == "seed" || axis.field->name == "subseed");
}

// Another error with the axis and the value before it.
[[noreturn]] void rethrow_about(const AxisChoice& choice, const std::string& value, const Error& error) {
  fail(error.code(), "{} = '{}': {}", choice.axis->label, printable(value, 60), error.what());
}

void set_size(GenerationRequest& request, std::string_view text) {
  const std::size_t cross = text.find_first_of("xX");
  if (cross == text.npos) {
    fail(ErrorCode::kInvalidArgument, "'{}' is no size, expected one such as 512x768", printable(text, 40));
  }
  set_field_text(request, *find_request_field("width"), trimmed(text.substr(0, cross)));
  set_field_text(request, *find_request_field("height"), trimmed(text.substr(cross + 1)));
}

// A face restorer that is named shall restore. (Hires fix's knobs turn nothing on: its axes are asked for beside it.)
void set_knob(GenerationRequest& request, const RequestField& field, const std::string& value) {
  set_field_text(request, field, value);
  if (field.turns_on == &GenerationRequest::restore_faces) request.restore_faces = true;
}

void draw_seeds(AxisChoice& choice, SeedSource& seeds) {
  if (choice.is_nothing() || !is_seed(*choice.axis)) return;
  if (std::ranges::find(choice.values, "-1") == choice.values.end()) return;
  for (std::string& value : choice.values) {
    if (value == "-1") value = fmt::format("{}", seeds.draw());
  }
  choice.fixed = choice.values;
}

// The axes from the one that changes least to the one that changes with every cell.
std::array<std::size_t, 3> by_cost(const std::array<AxisChoice, 3>& axes) {
  std::array<std::size_t, 3> places{2, 1, 0};
  const auto cost = [&](std::size_t place) { return axes[place].is_nothing() ? 0.0 : axes[place].axis->cost; };
  std::ranges::stable_sort(places, std::ranges::greater(), cost);
  return places;
}

class Planner {
 public:
  Planner(Comparison& plan, const WordFiles& files, SeedSource& seeds) : plan_(plan), files_(files), seeds_(seeds) {}

  void fill() {
    for (std::size_t z = 0; z < plan_.axes[2].size(); ++z) {
      for (std::size_t y = 0; y < plan_.axes[1].size(); ++y) {
        for (std::size_t x = 0; x < plan_.axes[0].size(); ++x) add_cell({x, y, z});
      }
    }
    for (std::size_t i = 0; i < 3; ++i) check_search(i);
    fill_order();
  }

 private:
  using Place = std::array<std::size_t, 3>;

  void add_cell(const Place& place) {
    GenerationRequest request = plan_.base;
    std::string name;
    for (std::size_t i = 0; i < 3; ++i) {
      const AxisChoice& choice = plan_.axes[i];
      if (choice.is_nothing()) continue;
      try {
        apply(i, place[i], request);
        normalise(request);
      } catch (const Error& error) {
        rethrow_about(choice, choice.values[place[i]], error);
      }
      name += fmt::format("{}{}: {}", name.empty() ? "" : ", ", choice.axis->label, choice.values[place[i]]);
    }
    vary_seed(place, request);
    seeds_.resolve(request);
    PictureJobs jobs = expand_words(std::move(request), files_);
    for (std::string& warning : jobs.warnings) {
      if (std::ranges::find(plan_.warnings, warning) == plan_.warnings.end()) {
        plan_.warnings.push_back(std::move(warning));
      }
    }
    plan_.cells.push_back({.jobs = std::move(jobs.requests), .name = std::move(name)});
  }

  void apply(std::size_t i, std::size_t place, GenerationRequest& request) {
    const AxisChoice& choice = plan_.axes[i];
    const std::string& value = choice.values[place];
    switch (choice.axis->effect) {
      case AxisEffect::kField: set_knob(request, *choice.axis->field, value); break;
      case AxisEffect::kSize: set_size(request, value); break;
      case AxisEffect::kPromptOrder: request.prompt = reordered(request.prompt, choice.orders[place]); break;
      case AxisEffect::kStyles:
        for (std::string& style : split_values(value)) {
          if (!style.empty() && style != "None") request.styles.push_back(std::move(style));
        }
        break;
      case AxisEffect::kSearchReplace:
        found_[i] += replace_all(request.prompt, choice.values.front(), value);
        found_[i] += replace_all(request.negative_prompt, choice.values.front(), value);
        break;
      default: break;
    }
  }

  void check_search(std::size_t i) const {
    const AxisChoice& choice = plan_.axes[i];
    if (choice.is_nothing() || choice.axis->effect != AxisEffect::kSearchReplace || found_[i] > 0) return;
    fail(ErrorCode::kInvalidArgument, "{} looks for '{}', which is in neither prompt", choice.axis->label,
         printable(choice.values.front(), 60));
  }

  // A random seed stays one.
  void vary_seed(const Place& place, GenerationRequest& request) const {
    if (request.seed == -1) return;
    std::uint64_t offset = 0, stride = 1;
    for (std::size_t i = 0; i < 3; ++i) {
      if (!plan_.options.varies_seeds[i]) continue;
      offset += place[i] * stride;
      stride *= plan_.axes[i].size();
    }
    request.seed = static_cast<std::int64_t>(static_cast<std::uint64_t>(request.seed) + offset);
  }

  void fill_order() {
    const std::array<std::size_t, 3> axes = by_cost(plan_.axes);
    Place place{};
    for (place[axes[0]] = 0; place[axes[0]] < plan_.axes[axes[0]].size(); ++place[axes[0]]) {
      for (place[axes[1]] = 0; place[axes[1]] < plan_.axes[axes[1]].size(); ++place[axes[1]]) {
        for (place[axes[2]] = 0; place[axes[2]] < plan_.axes[axes[2]].size(); ++place[axes[2]]) {
          plan_.order.push_back(plan_.index(place[0], place[1], place[2]));
        }
      }
    }
  }

  Comparison& plan_;
  const WordFiles& files_;
  SeedSource& seeds_;
  std::array<std::size_t, 3> found_ = {};  // how often an axis found what it replaces
};

void check_axes(const std::array<AxisChoice, 3>& axes, const ComparisonOptions& options) {
  check_margin(options.margin);
  std::size_t cells = 1;
  for (const AxisChoice& choice : axes) {
    if (choice.axis != nullptr) require_available(*choice.axis);
    cells *= choice.size();
  }
  if (cells > kMostCells) {
    fail(ErrorCode::kInvalidArgument, "the comparison has {} cells, expected at most {}", cells, kMostCells);
  }
  // Two searches may be at work at once, and styles add up; a knob has one value only.
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = i + 1; j < 3; ++j) {
      const bool is_same = !axes[i].is_nothing() && axes[i].axis == axes[j].axis &&
                           (axes[i].axis->effect == AxisEffect::kField || axes[i].axis->effect == AxisEffect::kSize);
      if (is_same) {
        fail(ErrorCode::kInvalidArgument, "{} stands along two axes, expected a knob of its own for each",
             axes[i].axis->label);
      }
    }
  }
}

std::string joined(const std::vector<std::string>& texts) { return fmt::format("{}", fmt::join(texts, ", ")); }

// As it would be written in a list.
std::string csv_entry(const std::string& text) {
  if (text.find_first_of(",\"\n") == text.npos) return text;
  std::string quoted = text;
  replace_all(quoted, "\"", "\"\"");
  return "\"" + quoted + "\"";
}

void check_values(const AxisChoice& choice) {
  if (choice.values.empty() && !choice.is_nothing()) {
    fail(ErrorCode::kInvalidArgument, "the axis {} has no values, expected {}", choice.axis->label,
         describe_values(*choice.axis));
  }
}

}  // namespace

void check_margin(int margin) {
  constexpr int kWidest = 500;
  if (margin < 0 || margin > kWidest) {
    fail(ErrorCode::kInvalidArgument, "the margin is {} pixels, expected 0..{}", margin, kWidest);
  }
}

AxisChoice read_axis(const Axis& axis, std::string_view text) {
  require_available(axis);
  AxisChoice choice{.axis = &axis, .text = std::string(text)};
  if (choice.is_nothing()) return choice;
  try {
    choice.values = expand_values(axis.values, text);
    if (axis.effect == AxisEffect::kPromptOrder && !choice.values.empty()) {
      choice.orders = permutations(choice.values);
      choice.values.clear();
      for (const std::vector<std::string>& order : choice.orders) choice.values.push_back(joined(order));
    }
  } catch (const Error& error) {
    fail(error.code(), "{}: {}", axis.label, error.what());
  }
  check_values(choice);
  return choice;
}

AxisChoice read_axis_list(const Axis& axis, const std::vector<std::string>& values) {
  std::vector<std::string> entries;
  for (const std::string& value : values) entries.push_back(csv_entry(value));
  return read_axis(axis, joined(entries));
}

AxisChoice read_axis_text(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos) {
    fail(ErrorCode::kInvalidArgument, "'{}' is no axis, expected NAME=VALUES such as \"Steps=10-30 (+10)\"",
         printable(text, 60));
  }
  return read_axis(find_axis(trimmed(text.substr(0, equals))), text.substr(equals + 1));
}

Comparison plan_comparison(GenerationRequest base, std::array<AxisChoice, 3> axes, const ComparisonOptions& options,
                           const WordFiles& files, SeedSource seeds) {
  check_axes(axes, options);
  Comparison plan{.base = std::move(base), .axes = std::move(axes), .options = options, .cells = {}, .order = {}};
  if (!options.keeps_random_seeds) {
    seeds.resolve(plan.base);
    for (AxisChoice& choice : plan.axes) draw_seeds(choice, seeds);
  }
  Planner(plan, files, seeds).fill();
  return plan;
}

std::string legend_of(const AxisChoice& choice, std::size_t index) {
  if (choice.is_nothing()) return {};
  const std::string& value = choice.values[index];
  switch (choice.axis->legend) {
    case LegendStyle::kBare: return value;
    case LegendStyle::kFileName: return std::filesystem::path(value).filename().string();
    case LegendStyle::kLabelled: break;
  }
  return fmt::format("{}: {}", choice.axis->label, value);
}

}  // namespace fude::pipelines::comparison
