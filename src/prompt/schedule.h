#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fude::prompt {

/// The text that is used up to and including a model call.
struct ScheduleEntry {
  int last_step = 0;  // model calls, counted from 0 and compared with <=
  std::string text;

  bool operator==(const ScheduleEntry&) const = default;
};

struct ScheduleOptions {
  int steps = 20;  // model calls of the first pass: twice the steps for samplers of second order
  std::optional<int> hires_steps = std::nullopt;  // model calls of the second pass, when the schedule is for that one
  /// The rule of old versions: `when` below 1 is a fraction, else a step, whether it has a point or not.
  bool uses_old_rule = false;
};

/// Texts of a prompt over the steps, at least one, in order; the last one ends at the last step.
/// [from:to:when], [to:when], [from::when] change the text after step `when` (with a point: a fraction of the steps; in
/// the second pass 1.0 to 2.0, and numbers beyond the first pass's steps). [a|b|c] changes it with every step. Both
/// nest. A backslash makes the next character literal. Brackets that fit no rule stay as they are; a text with a '|'
/// outside of such brackets, or one that ends in a backslash, is not scheduled at all. Linear in the length of the text
/// times the number of entries. Source: web UI 1.10, prompt editing.
std::vector<ScheduleEntry> parse_schedule(std::string_view text, const ScheduleOptions& options);

}  // namespace fude::prompt
