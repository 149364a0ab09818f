#include "prompt/plan.h"

#include "prompt/composition.h"

namespace fude::prompt {

PromptPlan plan_prompt(std::string_view text, const PlanOptions& options) {
  const std::string visible = options.strips_comments ? strip_comments(text) : std::string(text);
  if (options.is_negative) return {{}, {{visible, 1.0, parse_schedule(visible, options.schedule)}}};
  TextAndNetworks content = extract_networks(visible);
  PromptPlan plan{std::move(content.networks), {}};
  for (WeightedText& part : split_composition(content.text)) {
    std::vector<ScheduleEntry> schedules = parse_schedule(part.text, options.schedule);
    plan.parts.push_back({std::move(part.text), part.weight, std::move(schedules)});
  }
  return plan;
}

}  // namespace fude::prompt
