#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fude::prompt {

/// A prompt that stands for many: {a|b}, __wildcard__, ${variable}. Taken apart, not yet drawn from. The nodes lie in
/// one array; there are at most four for every character of the text.
class TemplateTree {
 public:
  enum class Kind : std::uint8_t {
    kText,        // `text`
    kSequence,    // children one after the other
    kVariant,     // some of the options
    kWildcard,    // `text` names a list of templates; may hold ${variable}
    kVariable,    // `text` names it; child: what it is when it has no value (may be missing)
    kAssignment,  // `text` names it; child: its value
  };

  /// How a choice is made.
  enum class Method : std::uint8_t {
    kDefault,
    kRandom,         // ~ even where all combinations are made
    kCyclical,       // @ by the picture's place in the job
    kCombinatorial,  // ! every combination in turn
  };

  struct Option {
    double weight = 1;  // 0 or more; relative to the others
    std::uint32_t node = 0;
  };

  struct Node {
    Kind kind = Kind::kText;
    Method method = Method::kDefault;
    bool is_immediate = false;    // kAssignment: =! draws once, when it is assigned
    bool keeps_existing = false;  // kAssignment: ?= does nothing to a variable that has a value
    std::size_t fewest = 1;       // kVariant: how many options are taken
    std::size_t most = 1;
    std::string text = {};
    std::string separator = ", ";                                  // kVariant: between several options
    std::vector<std::uint32_t> children = {};                      // indices of nodes
    std::vector<Option> options = {};                              // kVariant
    std::vector<std::pair<std::string, std::string>> values = {};  // kWildcard: (name=value)
  };

  /// Braces nested deeper are text.
  static constexpr std::size_t kDeepestNesting = 100;

  /// Never fails: what fits no rule is text. Braces with neither | nor $$ in them are text, too, so that {word} stays.
  /// A backslash before one of {}|$ makes it literal.
  static TemplateTree parse(std::string_view text);

  /// Whether there is nothing to draw: the template is its own and only result.
  bool is_plain() const { return is_plain_; }

  const std::vector<Node>& nodes() const { return nodes_; }
  std::uint32_t root() const { return root_; }

 private:
  std::vector<Node> nodes_;
  std::uint32_t root_ = 0;
  bool is_plain_ = true;

  friend class TemplateParser;
};

}  // namespace fude::prompt
