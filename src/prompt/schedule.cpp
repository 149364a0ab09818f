#include "prompt/schedule.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/unicode.h"
#include "prompt/decimal.h"
#include "prompt/schedule_tree.h"

namespace fude::prompt {
namespace {

using Kind = ScheduleTree::Kind;

/// The step that `when` names in this pass; 0 or less: the change lies before it.
int change_step(std::u32string_view when, const ScheduleOptions& options) {
  const double number = parse_decimal(when).value_or(0);
  const bool is_second_pass = options.hires_steps && !options.uses_old_rule;
  const int steps = is_second_pass ? *options.hires_steps : options.steps;
  double step = number;
  if (options.uses_old_rule) {
    step = number < 1 ? number * steps : number;
  } else if (when.find(U'.') != when.npos) {
    step = (number - (is_second_pass ? 1.0 : 0.0)) * steps;
  } else {
    step = number - (is_second_pass ? options.steps : 0);
  }
  return static_cast<int>(std::clamp(std::trunc(step), -1.0, static_cast<double>(steps)));
}

class ScheduleReader {
 public:
  ScheduleReader(const ScheduleTree& tree, const ScheduleOptions& options) : tree_(tree) {
    for (const ScheduleTree::Node& node : tree.nodes()) {
      change_steps_.push_back(node.kind == Kind::kChange ? change_step(node.when, options) : 0);
    }
  }

  /// Last steps of all entries.
  std::set<int> last_steps(int steps) const {
    std::set<int> result{steps};
    for (int step : change_steps_) {
      if (step >= 1) result.insert(step);
    }
    if (std::ranges::any_of(tree_.nodes(), [](const auto& node) { return node.kind == Kind::kAlternate; })) {
      for (int step = 1; step <= steps; ++step) result.insert(step);
    }
    return result;
  }

  std::string text_at(int step) const {
    std::u32string text;
    std::vector<std::uint32_t> waiting{tree_.root()};
    while (!waiting.empty()) {
      const std::uint32_t index = waiting.back();
      waiting.pop_back();
      const ScheduleTree::Node& node = tree_.nodes()[index];
      const std::size_t count = node.children.size();
      switch (node.kind) {
        case Kind::kText: text += node.text; break;
        case Kind::kSequence: waiting.insert(waiting.end(), node.children.rbegin(), node.children.rend()); break;
        case Kind::kChange: waiting.push_back(node.children[step <= change_steps_[index] ? 0 : 1]); break;
        case Kind::kAlternate: waiting.push_back(node.children[static_cast<std::size_t>(step - 1) % count]); break;
      }
    }
    return encode_utf8(text);
  }

 private:
  const ScheduleTree& tree_;
  std::vector<int> change_steps_;  // by node
};

}  // namespace

std::vector<ScheduleEntry> parse_schedule(std::string_view text, const ScheduleOptions& options) {
  const int steps = options.uses_old_rule ? options.steps : options.hires_steps.value_or(options.steps);
  const std::u32string wide = decode_utf8(text);
  const std::optional<ScheduleTree> tree = ScheduleTree::parse(wide);
  if (!tree) return {{steps, std::string(text)}};
  const ScheduleReader reader(*tree, options);
  std::vector<ScheduleEntry> entries;
  for (int step : reader.last_steps(steps)) entries.push_back({step, reader.text_at(step)});
  return entries;
}

}  // namespace fude::prompt
