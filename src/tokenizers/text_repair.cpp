#include "tokenizers/text_repair.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/unicode.h"
#include "tokenizers/code_pages.h"
#include "tokenizers/html_entities.h"
#include "tokenizers/mojibake.h"

namespace fude::tokenizers {
namespace {

constexpr std::size_t kLongestSegment = 1'000'000;
constexpr std::size_t kRepairBudget = 16'000'000;  // characters looked at in all passes over one segment

/// Latin ligatures and digraphs that are one character for typographical or legacy reasons.
constexpr std::array<std::pair<char32_t, std::u32string_view>, 22> kLigatures{{
    {0x0132, U"IJ"},      {0x0133, U"ij"}, {0x0149, U"\u02BCn"}, {0x01C4, U"D\u017D"}, {0x01C5, U"D\u017E"},
    {0x01C6, U"d\u017E"}, {0x01C7, U"LJ"}, {0x01C8, U"Lj"},      {0x01C9, U"lj"},      {0x01CA, U"NJ"},
    {0x01CB, U"Nj"},      {0x01CC, U"nj"}, {0x01F1, U"DZ"},      {0x01F2, U"Dz"},      {0x01F3, U"dz"},
    {0xFB00, U"ff"},      {0xFB01, U"fi"}, {0xFB02, U"fl"},      {0xFB03, U"ffi"},     {0xFB04, U"ffl"},
    {0xFB05, U"\u017Ft"}, {0xFB06, U"st"},
}};

bool is_curly_single_quote(char32_t c) { return c == 0x02BC || (c >= 0x2018 && c <= 0x201B); }
bool is_curly_double_quote(char32_t c) { return c >= 0x201C && c <= 0x201F; }
bool is_line_break(char32_t c) { return c == '\r' || c == 0x2028 || c == 0x2029 || c == 0x85; }

bool is_unwanted_control(char32_t c) {
  return c <= 0x08 || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F || (c >= 0x206A && c <= 0x206F) ||
         c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFC);
}

/// Length of a terminal escape sequence (ESC [ 1;31 m) at the start of the text, 0 when there is none.
std::size_t terminal_escape_length(std::u32string_view text) {
  if (!text.starts_with(U"\x1B[")) return 0;
  std::size_t i = 2;
  while (i < text.size() && ((text[i] >= '0' && text[i] <= '9') || text[i] == ';')) ++i;
  const bool ends_in_letter = i < text.size() && text[i] < 0x80 && (text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'z';
  return ends_in_letter ? i + 1 : 0;
}

void append_plain(char32_t c, std::u32string& result) {
  const auto ligature = std::ranges::lower_bound(kLigatures, c, {}, &std::pair<char32_t, std::u32string_view>::first);
  if (ligature != kLigatures.end() && ligature->first == c) {
    for (char32_t part : ligature->second) result.push_back(is_curly_single_quote(part) ? U'\'' : part);
  } else if (c == 0x3000) {
    result.push_back(' ');
  } else if (c >= 0xFF01 && c <= 0xFFEF) {
    result += to_nfkc(c);
  } else if (is_curly_single_quote(c)) {
    result.push_back('\'');
  } else if (is_curly_double_quote(c)) {
    result.push_back('"');
  } else {
    result.push_back(is_line_break(c) ? U'\n' : c);
  }
}

/// Replaces single characters; the order of the steps is ftfy's.
std::u32string replace_characters(std::u32string_view text) {
  std::u32string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t c = text[i] >= 0x80 && text[i] <= 0x9F ? windows_1252_of_control(text[i]) : text[i];
    if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    append_plain(c, result);
  }
  return result;
}

std::u32string remove_controls(std::u32string_view text) {
  std::u32string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t escape = terminal_escape_length(text.substr(i));
    if (escape == 0 && !is_unwanted_control(text[i])) result.push_back(text[i]);
    i += std::max<std::size_t>(escape, 1);
  }
  return result;
}

std::u32string repair_segment(std::u32string text, bool unescapes_html) {
  for (std::size_t budget = kRepairBudget;;) {
    std::u32string repaired = unescapes_html ? unescape_plain_html(text) : text;
    repaired = undo_mojibake(std::move(repaired));
    repaired = to_nfc(remove_controls(replace_characters(repaired)));
    const std::size_t cost = std::max<std::size_t>(text.size(), 1);
    if (repaired == text || cost > budget) return repaired;
    budget -= cost;
    text = std::move(repaired);
  }
}

}  // namespace

std::u32string repair_text(std::u32string_view text) {
  std::u32string result;
  bool unescapes_html = true;
  while (!text.empty()) {
    const std::size_t line = text.find(U'\n');
    const std::size_t length = std::min({line == text.npos ? text.size() : line + 1, text.size(), kLongestSegment});
    const std::u32string_view segment = text.substr(0, length);
    // A '<' may be a tag: from there on the text could be real HTML, whose references must stay.
    if (segment.find(U'<') != segment.npos) unescapes_html = false;
    result += repair_segment(std::u32string(segment), unescapes_html);
    text.remove_prefix(length);
  }
  return result;
}

}  // namespace fude::tokenizers
