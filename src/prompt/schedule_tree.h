#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fude::prompt {

/// A prompt taken apart for scheduling. The nodes lie in one array, because brackets may nest as deep as the text is
/// long.
class ScheduleTree {
 public:
  enum class Kind : std::uint8_t {
    kText,       // literal characters of the source
    kSequence,   // children one after the other
    kChange,     // children: before, after; `when` tells the step
    kAlternate,  // children: one for each step in turn
  };

  struct Node {
    Kind kind;
    std::u32string_view text = {};             // kText
    std::vector<std::uint32_t> children = {};  // indices of nodes
    std::u32string_view when = {};             // kChange: the number as written
  };

  /// Nothing when the text is not in the language. The tree keeps views into `text`.
  static std::optional<ScheduleTree> parse(std::u32string_view text);

  const std::vector<Node>& nodes() const { return nodes_; }
  std::uint32_t root() const { return root_; }

 private:
  std::vector<Node> nodes_;
  std::uint32_t root_ = 0;

  friend class ScheduleParser;
};

}  // namespace fude::prompt
