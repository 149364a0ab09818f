#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "prompt/networks.h"
#include "prompt/schedule.h"

namespace fude::prompt {

/// One of the texts that are drawn together (AND), with what it is at each step.
struct PromptPart {
  std::string text;
  double weight = 1.0;  // factor on its share of the guidance
  std::vector<ScheduleEntry> schedules;
};

/// All that a prompt asks for, before it is tokenized.
struct PromptPlan {
  std::vector<NetworkTag> networks;
  std::vector<PromptPart> parts;  // at least one
};

struct PlanOptions {
  ScheduleOptions schedule = {};
  bool strips_comments = true;
  /// A negative prompt is one part (AND is a word) and keeps its network tags as text.
  bool is_negative = false;
};

/// Reads a prompt in the web UI's order: comments, network tags, AND, schedules.
PromptPlan plan_prompt(std::string_view text, const PlanOptions& options = {});

}  // namespace fude::prompt
