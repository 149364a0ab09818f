#include "prompt/template_tree.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/ascii.h"

namespace fude::prompt {
namespace {

constexpr std::string_view kEscapable = "{}|$";
constexpr std::size_t kLongestName = 255;  // bytes
constexpr std::size_t kLargestCount = 9999;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Letters, digits, '_' and '-', and whatever is not ASCII.
bool is_name_character(char c) {
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return is_letter || is_digit(c) || c == '_' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_wildcard_character(char c) {
  constexpr std::string_view kOthers = "{}|$#,;:()<>[]\"\n\r";
  return kOthers.find(c) == std::string_view::npos;
}

std::size_t skip_digits(std::string_view text, std::size_t i) {
  while (i < text.size() && is_digit(text[i])) ++i;
  return i;
}

std::size_t small_number(std::string_view digits) {
  std::size_t number = kLargestCount;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return std::min(number, kLargestCount);
}

struct Bounds {
  std::size_t fewest = 1, most = 1;
  std::size_t length = 0;  // with the "$$" behind them
};

/// "2$$", "1-3$$", "-3$$", "2-$$" at the start of the text.
std::optional<Bounds> read_bounds(std::string_view text) {
  std::size_t begin = 0;
  while (begin < text.size() && is_space(text[begin])) ++begin;
  const std::size_t low_end = skip_digits(text, begin);
  const bool is_range = low_end < text.size() && text[low_end] == '-';
  const std::size_t high_end = is_range ? skip_digits(text, low_end + 1) : low_end;
  const bool has_low = low_end > begin, has_high = is_range && high_end > low_end + 1;
  if ((!has_low && !has_high) || text.substr(high_end, 2) != "$$") return std::nullopt;
  Bounds bounds{.length = high_end + 2};
  if (has_low) bounds.fewest = small_number(text.substr(begin, low_end - begin));
  bounds.most = bounds.fewest;
  if (is_range) bounds.most = has_high ? small_number(text.substr(low_end + 1, high_end - low_end - 1)) : kLargestCount;
  if (bounds.most < bounds.fewest) std::swap(bounds.fewest, bounds.most);
  return bounds;
}

struct Weight {
  double value = 1;
  std::size_t length = 0;  // with the "::" behind it
};

/// "0.5::" at the start of the text; length 0 when there is none.
Weight read_weight(std::string_view text) {
  std::size_t begin = 0;
  while (begin < text.size() && is_space(text[begin])) ++begin;
  std::size_t end = begin;
  while (end < text.size() && (is_digit(text[end]) || text[end] == '.')) ++end;
  if (text.substr(end, 2) != "::") return {};
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data() + begin, text.data() + end, value);
  if (error != std::errc() || stop != text.data() + end) return {};
  return {value, end + 2};
}

}  // namespace

/// One pass finds which braces belong together, so that the second never has to try twice.
class TemplateParser {
 public:
  explicit TemplateParser(std::string_view text) : text_(text) { match_braces(); }

  TemplateTree parse() {
    tree_.root_ = sequence(0, text_.size());
    return std::move(tree_);
  }

 private:
  using Kind = TemplateTree::Kind;
  using Node = TemplateTree::Node;

  void match_braces() {
    closing_.assign(text_.size(), 0);
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == '{') {
        open.push_back(i);
      } else if (text_[i] == '}' && !open.empty()) {
        closing_[open.back()] = i;
        open.pop_back();
      }
    }
  }

  std::uint32_t add_node(Node node) {
    if (node.kind != Kind::kText && node.kind != Kind::kSequence) tree_.is_plain_ = false;
    tree_.nodes_.push_back(std::move(node));
    return static_cast<std::uint32_t>(tree_.nodes_.size() - 1);
  }

  /// What stands between two places, as one node.
  std::uint32_t sequence(std::size_t begin, std::size_t end) {
    Node node{.kind = Kind::kSequence};
    std::string literal;
    const auto flush = [&] {
      if (literal.empty()) return;
      node.children.push_back(add_node({.kind = Kind::kText, .text = std::move(literal)}));
      literal.clear();
    };
    for (std::size_t i = begin; i < end;) {
      if (text_[i] == '\\' && i + 1 < end) {
        const bool escapes = kEscapable.find(text_[i + 1]) != std::string_view::npos;
        literal += escapes ? text_.substr(i + 1, 1) : text_.substr(i, 2);
        i += 2;
        continue;
      }
      std::size_t next = i;
      if (const auto special = read_special(i, end, next)) {
        flush();
        node.children.push_back(*special);
        i = next;
      } else {
        literal += text_[i++];
      }
    }
    flush();
    return add_node(std::move(node));
  }

  /// The construct that begins at `i`, and the place after it.
  std::optional<std::uint32_t> read_special(std::size_t i, std::size_t end, std::size_t& next) {
    const char c = text_[i];
    if (c == '_' && i + 1 < end && text_[i + 1] == '_') return read_wildcard(i, end, next);
    if (c == '$' && i + 1 < end && text_[i + 1] == '{') return read_braces(i + 1, next, &TemplateParser::read_variable);
    if (c == '{') return read_braces(i, next, &TemplateParser::read_variant);
    return std::nullopt;
  }

  using BraceReader = std::optional<std::uint32_t> (TemplateParser::*)(std::size_t, std::size_t);

  std::optional<std::uint32_t> read_braces(std::size_t brace, std::size_t& next, BraceReader read) {
    const std::size_t close = closing_[brace];
    if (close == 0 || depth_ >= TemplateTree::kDeepestNesting) return std::nullopt;
    ++depth_;
    const auto node = (this->*read)(brace + 1, close);
    --depth_;
    next = close + 1;
    return node;
  }

  std::optional<std::uint32_t> read_variant(std::size_t begin, std::size_t end) {
    Node node{.kind = Kind::kVariant};
    begin += read_method(begin, end, node);
    const auto bounds = read_bounds(text_.substr(begin, end - begin));
    if (bounds) {
      node.fewest = bounds->fewest;
      node.most = bounds->most;
      begin += bounds->length;
      begin += read_separator(begin, end, node);
    }
    const std::vector<std::size_t> bars = bars_between(begin, end);
    if (bars.empty() && !bounds) return std::nullopt;
    for (std::size_t i = 0; i <= bars.size(); ++i) {
      const std::size_t stop = i < bars.size() ? bars[i] : end;
      const Weight weight = read_weight(text_.substr(begin, stop - begin));
      node.options.push_back({weight.value, sequence(begin + weight.length, stop)});
      begin = stop + 1;
    }
    return add_node(std::move(node));
  }

  std::size_t read_method(std::size_t begin, std::size_t end, Node& node) const {
    if (begin == end) return 0;
    switch (text_[begin]) {
      case '~': node.method = TemplateTree::Method::kRandom; return 1;
      case '@': node.method = TemplateTree::Method::kCyclical; return 1;
      case '!': node.method = TemplateTree::Method::kCombinatorial; return 1;
      default: return 0;
    }
  }

  /// " and $$" at `begin`: everything up to the next "$$", but no braces.
  std::size_t read_separator(std::size_t begin, std::size_t end, Node& node) const {
    const std::string_view content = text_.substr(begin, end - begin);
    const std::size_t stop = content.find("$$");
    if (stop == content.npos || content.substr(0, stop).find_first_of("{}") != content.npos) return 0;
    node.separator = content.substr(0, stop);
    return stop + 2;
  }

  /// Places of the '|' outside of inner braces.
  std::vector<std::size_t> bars_between(std::size_t begin, std::size_t end) const {
    std::vector<std::size_t> bars;
    for (std::size_t i = begin; i < end; ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == '{' && closing_[i] != 0) {
        i = closing_[i];
      } else if (text_[i] == '|') {
        bars.push_back(i);
      }
    }
    return bars;
  }

  /// "name", "name:default", "name=value", with "?=" and "=!".
  std::optional<std::uint32_t> read_variable(std::size_t begin, std::size_t end) {
    while (begin < end && is_space(text_[begin])) ++begin;
    std::size_t i = begin;
    while (i < end && is_name_character(text_[i])) ++i;
    if (i == begin || i - begin > kLongestName) return std::nullopt;
    Node node{.kind = Kind::kVariable, .text = std::string(text_.substr(begin, i - begin))};
    while (i < end && is_space(text_[i])) ++i;
    if (i == end) return add_node(std::move(node));
    if (text_[i] == ':') {
      node.children.push_back(sequence(i + 1, end));
      return add_node(std::move(node));
    }
    node.kind = Kind::kAssignment;
    node.keeps_existing = text_[i] == '?';
    if (node.keeps_existing) ++i;
    if (i == end || text_[i] != '=') return std::nullopt;
    node.is_immediate = i + 1 < end && text_[i + 1] == '!';
    node.children.push_back(sequence(i + (node.is_immediate ? 2 : 1), end));
    return add_node(std::move(node));
  }

  std::optional<std::uint32_t> read_wildcard(std::size_t begin, std::size_t end, std::size_t& next) {
    Node node{.kind = Kind::kWildcard};
    std::size_t i = begin + 2;
    i += read_method(i, end, node);
    const std::size_t name = i;
    while (i < end && text_.substr(i, 2) != "__" && (is_wildcard_character(text_[i]) || is_inner_variable(i, end))) {
      i = text_[i] == '$' ? closing_[i + 1] + 1 : i + 1;
    }
    node.text = trimmed(text_.substr(name, i - name));
    if (node.text.empty() || node.text.size() > kLongestName) return std::nullopt;
    if (i < end && text_[i] == '(') {
      const auto after = read_values(i + 1, end, node);
      if (!after) return std::nullopt;
      i = *after;
    }
    if (i + 2 > end || text_.substr(i, 2) != "__") return std::nullopt;
    next = i + 2;
    return add_node(std::move(node));
  }

  /// ${name} inside the name of a wildcard.
  bool is_inner_variable(std::size_t i, std::size_t end) const {
    if (text_[i] != '$' || i + 1 >= end || text_[i + 1] != '{') return false;
    const std::size_t close = closing_[i + 1];
    return close != 0 && close < end && close - i <= kLongestName;
  }

  /// "a=b, c=d)"; the place after the bracket.
  std::optional<std::size_t> read_values(std::size_t begin, std::size_t end, Node& node) const {
    std::size_t i = begin;
    while (i < end) {
      const std::size_t start = i;
      std::size_t equals = end;
      while (i < end && text_[i] != ',' && text_[i] != ')' && text_[i] != '\n' && text_.substr(i, 2) != "__") {
        if (text_[i] == '=' && equals == end) equals = i;
        ++i;
      }
      if (i == end || (text_[i] != ',' && text_[i] != ')') || equals == end) return std::nullopt;
      node.values.emplace_back(trimmed(text_.substr(start, equals - start)),
                               trimmed(text_.substr(equals + 1, i - equals - 1)));
      if (text_[i++] == ')') return i;
    }
    return std::nullopt;
  }

  std::string_view text_;
  std::vector<std::size_t> closing_;  // for each '{' the place of its '}', else 0
  std::size_t depth_ = 0;
  TemplateTree tree_;
};

TemplateTree TemplateTree::parse(std::string_view text) { return TemplateParser(text).parse(); }

}  // namespace fude::prompt
