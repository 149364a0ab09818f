#include "prompt/attention.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/ascii.h"
#include "core/error.h"
#include "core/unicode.h"
#include "prompt/decimal.h"

namespace fude::prompt {
namespace {

constexpr double kRoundFactor = 1.1;
constexpr double kSquareFactor = 1 / 1.1;
constexpr std::size_t kDeepestNesting = 1000;
constexpr std::u32string_view kBreak = U"BREAK";

struct WidePiece {
  std::u32string text;
  double weight;
};

/// Brackets of one kind that are open: the index of the first piece of each.
struct OpenBrackets {
  std::vector<std::size_t> starts;
  std::size_t ignored = 0;  // those beyond the deepest nesting

  void open(std::size_t start) {
    if (starts.size() < kDeepestNesting) {
      starts.push_back(start);
    } else {
      ++ignored;
    }
  }
};

/// ": 1.3 )" at the start of the text.
struct ClosingWeight {
  double weight;
  std::size_t length;
};

std::size_t skip_spaces(std::u32string_view text, std::size_t i) {
  while (i < text.size() && is_space(text[i])) ++i;
  return i;
}

std::optional<ClosingWeight> closing_weight(std::u32string_view text) {
  const std::size_t begin = skip_spaces(text, 1);
  std::size_t end = begin;
  if (end < text.size() && (text[end] == '+' || text[end] == '-')) ++end;
  while (end < text.size() && (text[end] == '.' || digit_value(text[end]) >= 0)) ++end;
  const std::size_t close = skip_spaces(text, end);
  if (close == text.size() || text[close] != ')') return std::nullopt;
  const auto weight = parse_decimal(text.substr(begin, end - begin));
  if (!weight) return std::nullopt;
  return ClosingWeight{*weight, close + 1};
}

bool is_plain(char32_t c) {
  constexpr std::u32string_view kSpecial = U"\\()[]:";
  return kSpecial.find(c) == kSpecial.npos;
}

class AttentionParser {
 public:
  explicit AttentionParser(std::u32string_view text) : rest_(text) {}

  std::vector<WidePiece> parse() {
    while (!rest_.empty()) step();
    for (std::size_t start : round_.starts) multiply(start, kRoundFactor);
    for (std::size_t start : square_.starts) multiply(start, kSquareFactor);
    if (pieces_.empty()) pieces_.push_back({U"", 1.0});
    return merged();
  }

 private:
  void step() {
    switch (rest_[0]) {
      case '\\': return escape();
      case '(': round_.open(pieces_.size()); return rest_.remove_prefix(1);
      case '[': square_.open(pieces_.size()); return rest_.remove_prefix(1);
      case ')': return close(round_, kRoundFactor, 1);
      case ']': return close(square_, kSquareFactor, 1);
      case ':':
        if (const auto closing = closing_weight(rest_)) return close(round_, closing->weight, closing->length);
        return add_text(1);
      default: return add_text(static_cast<std::size_t>(std::ranges::find_if_not(rest_, is_plain) - rest_.begin()));
    }
  }

  /// A backslash before a bracket or a backslash makes it literal; elsewhere it vanishes.
  void escape() {
    constexpr std::u32string_view kEscapable = U"()[]\\";
    const bool escapes = rest_.size() > 1 && kEscapable.find(rest_[1]) != kEscapable.npos;
    pieces_.push_back({std::u32string(rest_.substr(1, escapes ? 1 : 0)), 1.0});
    rest_.remove_prefix(escapes ? 2 : 1);
  }

  void close(OpenBrackets& brackets, double factor, std::size_t length) {
    if (brackets.ignored > 0) {
      --brackets.ignored;
    } else if (brackets.starts.empty()) {
      return add_text(length);
    } else {
      multiply(brackets.starts.back(), factor);
      brackets.starts.pop_back();
    }
    rest_.remove_prefix(length);
  }

  void multiply(std::size_t start, double factor) {
    for (std::size_t i = start; i < pieces_.size(); ++i) pieces_[i].weight *= factor;
  }

  /// Adds the next `length` characters, cut at each word BREAK, which takes the spaces around it along.
  void add_text(std::size_t length) {
    std::u32string_view text = rest_.substr(0, length);
    rest_.remove_prefix(length);
    std::size_t begin = 0;
    for (std::size_t i = text.find(kBreak); i != text.npos; i = text.find(kBreak, i + 1)) {
      const std::size_t end = i + kBreak.size();
      const bool is_word =
          (i == 0 || !is_word_character(text[i - 1])) && (end == text.size() || !is_word_character(text[end]));
      if (!is_word) continue;
      std::size_t stop = i;
      while (stop > begin && is_space(text[stop - 1])) --stop;
      pieces_.push_back({std::u32string(text.substr(begin, stop - begin)), 1.0});
      pieces_.push_back({std::u32string(kBreak), -1.0});
      begin = skip_spaces(text, end);
    }
    pieces_.push_back({std::u32string(text.substr(begin)), 1.0});
  }

  std::vector<WidePiece> merged() {
    std::vector<WidePiece> result;
    for (WidePiece& piece : pieces_) {
      if (!result.empty() && result.back().weight == piece.weight) {
        result.back().text += piece.text;
      } else {
        result.push_back(std::move(piece));
      }
    }
    return result;
  }

  std::u32string_view rest_;
  std::vector<WidePiece> pieces_;
  OpenBrackets round_;
  OpenBrackets square_;
};

}  // namespace

Emphasis parse_emphasis(std::string_view name) {
  std::string key;
  for (char c : name) {
    if (c != ' ' && c != '-' && c != '_') key.push_back(ascii_lower(c));
  }
  constexpr std::array<std::pair<std::string_view, Emphasis>, 4> kNames{{{"original", Emphasis::kOriginal},
                                                                         {"nonorm", Emphasis::kNoNorm},
                                                                         {"ignore", Emphasis::kIgnore},
                                                                         {"none", Emphasis::kNone}}};
  const auto found = std::ranges::find(kNames, key, &std::pair<std::string_view, Emphasis>::first);
  if (found != kNames.end()) return found->second;
  fail(ErrorCode::kInvalidArgument, "emphasis is '{}', expected Original, No norm, Ignore or None", printable(name));
}

std::vector<AttentionPiece> parse_attention(std::string_view text, Emphasis emphasis) {
  if (emphasis == Emphasis::kNone) return {{std::string(text), 1.0}};
  const std::u32string wide = decode_utf8(text);
  std::vector<AttentionPiece> pieces;
  for (const WidePiece& piece : AttentionParser(wide).parse())
    pieces.push_back({encode_utf8(piece.text), piece.weight});
  return pieces;
}

}  // namespace fude::prompt
