#include "prompt/schedule_tree.h"

#include <algorithm>
#include <utility>

#include "core/unicode.h"

namespace fude::prompt {
namespace {

bool is_ascii_digit(char32_t c) { return c >= '0' && c <= '9'; }

std::size_t skip_digits(std::u32string_view text, std::size_t i) {
  while (i < text.size() && is_ascii_digit(text[i])) ++i;
  return i;
}

/// Index after an exponent at `i`, or `i` when there is none.
std::size_t skip_exponent(std::u32string_view text, std::size_t i) {
  if (i == text.size() || (text[i] | 0x20) != 'e') return i;
  std::size_t digits = i + 1;
  if (digits < text.size() && (text[digits] == '+' || text[digits] == '-')) ++digits;
  const std::size_t end = skip_digits(text, digits);
  return end > digits ? end : i;
}

/// Whether the whole text is a number: sign, digits, point, digits, exponent.
bool is_number_text(std::u32string_view text) {
  const std::size_t begin = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
  std::size_t end = skip_digits(text, begin);
  std::size_t digits = end - begin;
  if (end < text.size() && text[end] == '.') {
    const std::size_t fraction = skip_digits(text, end + 1);
    digits += fraction - end - 1;
    end = fraction;
  }
  return digits > 0 && skip_exponent(text, end) == text.size();
}

std::u32string_view trim(std::u32string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

/// Keeps the brackets that are open, each with what has been read inside. A bracket that cannot be closed as part of
/// the language becomes literal, and so do all around it, since literal brackets stand only outside.
class ScheduleParser {
 public:
  explicit ScheduleParser(std::u32string_view text) : text_(text) { levels_.push_back({}); }

  std::optional<ScheduleTree> parse() {
    for (std::size_t i = 0; i < text_.size();) {
      const std::size_t length = plain_length(i);
      if (length > 0) {
        append(add_text(i, length));
        i += length;
      } else if (text_[i] == '\\' || !read_sign(i++)) {
        return std::nullopt;  // a backslash with nothing to escape, or a '|' where none may be
      }
    }
    if (!flatten()) return std::nullopt;
    tree_.root_ = add_node({ScheduleTree::Kind::kSequence, {}, std::move(levels_[0].parts[0]), {}});
    return std::move(tree_);
  }

 private:
  using Children = std::vector<std::uint32_t>;

  /// What is open: the bracket, and its content cut at the separators.
  struct Level {
    std::size_t bracket = 0;  // index of the bracket in the text
    std::vector<Children> parts = {Children{}};
    std::vector<std::size_t> separators = {};  // indices of the ':' or '|' between the parts
    bool has_alternatives = false;             // they are '|'
  };

  std::size_t plain_length(std::size_t begin) const {
    std::size_t i = begin;
    while (i < text_.size()) {
      constexpr std::u32string_view kSigns = U"[]():|";
      if (kSigns.find(text_[i]) != kSigns.npos) break;
      const bool is_escape = text_[i] == '\\';
      if (is_escape && (i + 1 == text_.size() || text_[i + 1] == '\n')) break;
      i += is_escape ? 2 : 1;
    }
    return i - begin;
  }

  std::uint32_t add_node(ScheduleTree::Node node) {
    tree_.nodes_.push_back(std::move(node));
    return static_cast<std::uint32_t>(tree_.nodes_.size() - 1);
  }

  std::uint32_t add_text(std::size_t begin, std::size_t length) {
    return add_node({ScheduleTree::Kind::kText, text_.substr(begin, length), {}, {}});
  }

  void append(std::uint32_t node) { levels_.back().parts.back().push_back(node); }

  bool read_sign(std::size_t i) {
    switch (text_[i]) {
      case '(':
      case '[': levels_.push_back({.bracket = i}); return true;
      case ':':
      case '|': return separate(i);
      default: return close(i);
    }
  }

  bool separate(std::size_t i) {
    if (levels_.size() == 1) {
      append(add_text(i, 1));
      return text_[i] == ':';
    }
    Level& level = levels_.back();
    const bool is_alternative = text_[i] == '|';
    if (!level.separators.empty() && level.has_alternatives != is_alternative) {
      // A mixture fits no rule, and one of the two is a '|'.
      return false;
    }
    level.has_alternatives = is_alternative;
    level.separators.push_back(i);
    level.parts.emplace_back();
    return true;
  }

  bool close(std::size_t i) {
    Level& level = levels_.back();
    const bool is_square = text_[i] == ']';
    const bool fits = levels_.size() > 1 && (text_[level.bracket] == '[') == is_square;
    const std::optional<std::uint32_t> node = fits ? closed_node(level, i) : std::nullopt;
    if (node) {
      levels_.pop_back();
      append(*node);
      return true;
    }
    if (!flatten()) return false;
    append(add_text(i, 1));
    return true;
  }

  std::optional<std::uint32_t> closed_node(Level& level, std::size_t end) {
    const std::size_t separators = level.separators.size();
    const bool is_square = text_[end] == ']';
    if (level.has_alternatives) return is_square ? std::optional(alternate_node(level)) : std::nullopt;
    if (separators == 0 || (!is_square && separators == 1)) return literal_node(level, end);
    if (!is_square || separators > 2) return std::nullopt;
    const std::size_t number = level.separators.back() + 1;
    const std::u32string_view when = trim(text_.substr(number, end - number));
    if (!is_number_text(when)) return std::nullopt;
    return change_node(level, when);
  }

  std::uint32_t sequence_node(Children children) {
    return add_node({ScheduleTree::Kind::kSequence, {}, std::move(children), {}});
  }

  std::uint32_t alternate_node(Level& level) {
    Children options;
    for (Children& part : level.parts) options.push_back(sequence_node(std::move(part)));
    return add_node({ScheduleTree::Kind::kAlternate, {}, std::move(options), {}});
  }

  std::uint32_t change_node(Level& level, std::u32string_view when) {
    const bool has_before = level.separators.size() == 2;
    const std::uint32_t before = sequence_node(has_before ? std::move(level.parts[0]) : Children{});
    const std::uint32_t after = sequence_node(std::move(level.parts[has_before ? 1 : 0]));
    return add_node({ScheduleTree::Kind::kChange, {}, {before, after}, when});
  }

  /// Brackets that carry weight: they and their colon stay in the text.
  std::uint32_t literal_node(Level& level, std::size_t end) {
    Children children = literal_children(level);
    children.push_back(add_text(end, 1));
    return sequence_node(std::move(children));
  }

  Children literal_children(Level& level) {
    Children children{add_text(level.bracket, 1)};
    for (std::size_t i = 0; i < level.parts.size(); ++i) {
      if (i > 0) children.push_back(add_text(level.separators[i - 1], 1));
      children.insert(children.end(), level.parts[i].begin(), level.parts[i].end());
    }
    return children;
  }

  /// Makes all open brackets literal. False when that leaves a '|' outside of brackets.
  bool flatten() {
    if (std::ranges::any_of(levels_, &Level::has_alternatives)) return false;
    for (std::size_t i = 1; i < levels_.size(); ++i) {
      const Children children = literal_children(levels_[i]);
      Children& outermost = levels_[0].parts[0];
      outermost.insert(outermost.end(), children.begin(), children.end());
    }
    levels_.resize(1);
    return true;
  }

  std::u32string_view text_;
  ScheduleTree tree_;
  std::vector<Level> levels_;  // the first is the text outside of all brackets
};

std::optional<ScheduleTree> ScheduleTree::parse(std::u32string_view text) { return ScheduleParser(text).parse(); }

}  // namespace fude::prompt
