#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "prompt/template_choices.h"
#include "prompt/wildcards.h"

namespace fude::prompt {

/// What a picture shows and what it should not show.
struct Words {
  std::string prompt;
  std::string negative;

  bool operator==(const Words&) const = default;
};

/// Whether the text is a template: whether it has anything to draw. Comments count as text here.
bool is_template(std::string_view text);

/// Longer results, and templates that take more than a million steps to expand, are refused.
inline constexpr std::size_t kLongestExpansion = std::size_t{4} << 20;  // bytes

/// Wildcards inside wildcards, and variables inside variables, to this depth.
inline constexpr std::size_t kDeepestExpansion = 300;

/// Expands templates. Texts that are no templates stay as they are.
class TemplateExpander {
 public:
  /// `wildcards` must outlive the expander.
  explicit TemplateExpander(Wildcards& wildcards) : wildcards_(wildcards) {}

  /// The words of the picture at a place of a job; the same place always has the same words.
  /// Throws Error(kInvalidArgument) when the result is too long or too deep.
  Words draw(const Words& words, DrawPlace place);

  /// All combinations, prompt and negative prompt together, at most `limit`; the last choice changes fastest. Places
  /// count up from `place`, for the choices that are left to chance.
  std::vector<Words> combinations(const Words& words, std::size_t limit, DrawPlace place);

  /// What was not found so far: one line each.
  const std::set<std::string>& warnings() const { return warnings_; }

 private:
  Words expand(const Words& words, TemplateChooser& chooser);

  Wildcards& wildcards_;
  std::set<std::string> warnings_;
};

}  // namespace fude::prompt
