#include "tokenizers/html_entities.h"

#include <algorithm>
#include <optional>
#include <span>

#include "tokenizers/tables.h"

namespace fude::tokenizers {
namespace {

using tables::EntityKind;
using tables::HtmlEntity;

constexpr std::size_t kLongestName = 32;
constexpr std::size_t kLongestPlainName = 24;

/// What &#128; to &#159; mean in HTML: the characters of Windows-1252, or the control itself where that has none.
constexpr char32_t kWindows1252[32] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                       0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                       0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                       0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }

int hexadecimal_value(char32_t c) {
  if (is_digit(c)) return static_cast<int>(c - '0');
  const char32_t lower = c | 0x20;
  return lower >= 'a' && lower <= 'f' ? static_cast<int>(lower - 'a' + 10) : -1;
}

bool is_alphanumeric(char32_t c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 0x80); }

const HtmlEntity* find_entity(std::u32string_view name) {
  std::string key;
  for (char32_t c : name) {
    if (c >= 0x80) return nullptr;
    key.push_back(static_cast<char>(c));
  }
  const std::span all(tables::kHtmlEntities, tables::kHtmlEntityCount);
  const auto found = std::ranges::lower_bound(all, key, {}, &HtmlEntity::name);
  return found != all.end() && found->name == key ? &*found : nullptr;
}

/// Text of a numeric reference; the standard replaces or drops what cannot be a character.
std::u32string text_of_number(std::uint32_t number) {
  if (number == 0 || (number >= 0xD800 && number <= 0xDFFF) || number > 0x10FFFF) return U"\uFFFD";
  if (number >= 0x80 && number < 0xA0) return {kWindows1252[number - 0x80]};
  const bool is_control = number < 0x20 && number != '\t' && number != '\n' && number != 0x0C && number != '\r';
  const bool is_no_character = (number >= 0xFDD0 && number <= 0xFDEF) || (number & 0xFFFE) == 0xFFFE;
  if (is_control || number == 0x7F || is_no_character) return {};
  return {static_cast<char32_t>(number)};
}

struct Reference {
  std::u32string text;
  std::size_t length;  // characters that it takes in the source, & included
};

/// A numeric reference at the & that starts `source`.
std::optional<Reference> read_number(std::u32string_view source) {
  const bool is_hexadecimal = source.size() > 2 && (source[2] | 0x20) == 'x';
  const std::uint32_t base = is_hexadecimal ? 16 : 10;
  const std::size_t begin = is_hexadecimal ? 3 : 2;
  std::uint32_t number = 0;
  std::size_t i = begin;
  for (; i < source.size(); ++i) {
    const int digit = is_hexadecimal || is_digit(source[i]) ? hexadecimal_value(source[i]) : -1;
    if (digit < 0) break;
    number = std::min(number * base + static_cast<std::uint32_t>(digit), 0x110000U);
  }
  if (i == begin) return std::nullopt;
  if (i < source.size() && source[i] == ';') ++i;
  return Reference{text_of_number(number), i};
}

std::optional<Reference> read_name(std::u32string_view source) {
  constexpr std::u32string_view kStops = U"\t\n\f <&#;";
  std::size_t end = 1;
  while (end < source.size() && end <= kLongestName && kStops.find(source[end]) == kStops.npos) ++end;
  const std::u32string_view name = source.substr(1, end - 1);
  if (end < source.size() && source[end] == ';') {
    const HtmlEntity* entity = find_entity(name);
    if (entity != nullptr && entity->kind != EntityKind::kShouted)
      return Reference{std::u32string(entity->text), end + 1};
  }
  for (std::size_t length = name.size(); length > 1; --length) {
    const HtmlEntity* entity = find_entity(name.substr(0, length));
    if (entity != nullptr && entity->kind == EntityKind::kLegacy)
      return Reference{std::u32string(entity->text), length + 1};
  }
  return std::nullopt;
}

std::optional<Reference> read_reference(std::u32string_view source) {
  if (source.size() < 2) return std::nullopt;
  return source[1] == '#' ? read_number(source) : read_name(source);
}

std::optional<Reference> read_plain_reference(std::u32string_view source) {
  const std::size_t begin = source.size() > 1 && source[1] == '#' ? 2 : 1;
  std::size_t end = begin;
  while (end < source.size() && end - begin <= kLongestPlainName && is_alphanumeric(source[end])) ++end;
  const std::size_t length = end - begin;
  if (length == 0 || length > kLongestPlainName || end == source.size() || source[end] != ';') return std::nullopt;
  if (begin == 1) {
    const HtmlEntity* entity = find_entity(source.substr(begin, length));
    if (entity == nullptr) return std::nullopt;
    return Reference{std::u32string(entity->text), end + 1};
  }
  std::optional<Reference> number = read_number(source.substr(0, end + 1));
  const bool took_all = number && number->length == end + 1 && number->text.find(U';') == std::u32string::npos;
  return took_all ? number : std::nullopt;
}

template <typename Reader>
std::u32string replace_references(std::u32string_view text, Reader read) {
  std::u32string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto reference = text[i] == '&' ? read(text.substr(i)) : std::nullopt;
    if (reference) {
      result += reference->text;
      i += reference->length;
    } else {
      result.push_back(text[i++]);
    }
  }
  return result;
}

}  // namespace

std::u32string unescape_html(std::u32string_view text) { return replace_references(text, read_reference); }

std::u32string unescape_plain_html(std::u32string_view text) { return replace_references(text, read_plain_reference); }

}  // namespace fude::tokenizers
