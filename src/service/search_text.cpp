#include "service/search_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <limits>
#include <optional>
#include <utility>

#include "core/ascii.h"
#include "core/unicode.h"

namespace fude::service {
namespace {

using Field = SearchTerm::Field;

constexpr std::size_t kLongestText = 4000;
constexpr std::size_t kMostTerms = 64;

struct FieldName {
  std::string_view name;
  Field field;
};
constexpr std::array kFieldNames{
    FieldName{"prompt", Field::kPrompt}, FieldName{"negative", Field::kNegative}, FieldName{"neg", Field::kNegative},
    FieldName{"model", Field::kModel},   FieldName{"lora", Field::kAdapter},      FieldName{"adapter", Field::kAdapter},
    FieldName{"tag", Field::kTag},       FieldName{"note", Field::kNote},         FieldName{"file", Field::kFile},
    FieldName{"seed", Field::kSeed},     FieldName{"rating", Field::kRating},     FieldName{"stars", Field::kRating},
    FieldName{"size", Field::kSize},     FieldName{"date", Field::kDate},         FieldName{"job", Field::kJob},
};

// Both ends included.
struct Range {
  std::int64_t low = std::numeric_limits<std::int64_t>::min();
  std::int64_t high = std::numeric_limits<std::int64_t>::max();
};

std::optional<Range> number_range(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return Range{value, value};
}

std::int64_t local_milliseconds(int year, int month, int day) {
  std::tm parts{};
  parts.tm_year = year - 1900;
  parts.tm_mon = month - 1;
  parts.tm_mday = day;
  parts.tm_isdst = -1;
  return static_cast<std::int64_t>(std::mktime(&parts)) * 1000;
}

// "2026", "2026-11", "2026-11-22", with '/' or '.' as well: from its first to its last millisecond.
std::optional<Range> date_range(std::string_view text) {
  std::array<int, 3> parts{0, 1, 1};
  std::size_t count = 0;
  while (count < parts.size()) {
    int& part = parts[count];
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), part);
    if (error != std::errc()) return {};
    ++count;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty()) break;
    if (text.front() != '-' && text.front() != '/' && text.front() != '.') return {};
    text.remove_prefix(1);
    if (text.empty()) break;  // "2026-": the month is still to come
  }
  const auto [year, month, day] = parts;
  if (!text.empty() || year < 1970 || year > 2100 || month < 1 || month > 12 || day < 1 || day > 31) return {};
  const std::int64_t next = count == 1   ? local_milliseconds(year + 1, 1, 1)
                            : count == 2 ? local_milliseconds(year, month + 1, 1)
                                         : local_milliseconds(year, month, day + 1);
  return Range{local_milliseconds(year, month, day), next - 1};
}

using ReadRange = std::optional<Range> (*)(std::string_view);

// ">=3", "<3", "=3", "3", "3+", "2..4", each end as `read` has it.
std::optional<Range> compared_range(std::string_view text, ReadRange read) {
  const std::size_t dots = text.find("..");
  if (dots != std::string_view::npos) {
    const auto low = read(text.substr(0, dots)), high = read(text.substr(dots + 2));
    if (low && high) return Range{low->low, high->high};
    return {};
  }
  const std::size_t signs = std::min(text.find_first_not_of("<>="), text.size());
  const std::string_view sign = text.substr(0, signs);
  const bool has_plus = text.ends_with('+');
  const auto value = read(text.substr(signs, text.size() - signs - (has_plus ? 1 : 0)));
  if (!value) return {};
  Range result = *value;
  if (sign == ">=" || sign == "=>" || (sign.empty() && has_plus)) {
    result.high = Range().high;
  } else if (sign == "<=" || sign == "=<") {
    result.low = Range().low;
  } else if (sign == ">" && value->high < Range().high) {
    result = {value->high + 1, Range().high};
  } else if (sign == "<" && value->low > Range().low) {
    result = {Range().low, value->low - 1};
  } else if (!sign.empty() && sign != "=") {
    return {};
  }
  return result;
}

// "512x768"; empty for anything else.
std::string size_words(std::string_view text) {
  const std::size_t sign = text.find_first_of("xX*");
  if (sign == std::string_view::npos) return {};
  const auto width = number_range(text.substr(0, sign)), height = number_range(text.substr(sign + 1));
  if (!width || !height) return {};
  return std::to_string(width->low) + 'x' + std::to_string(height->low);
}

// Fills in what the field's value says; false: it says nothing to such a field.
bool read_value(SearchTerm& term, std::string_view value) {
  std::optional<Range> range;
  switch (term.field) {
    case Field::kSeed:
    case Field::kJob: range = number_range(value); break;
    case Field::kRating: range = compared_range(value, number_range); break;
    case Field::kDate: range = compared_range(value, date_range); break;
    case Field::kSize: term.words = size_words(value); return !term.words.empty();
    default: term.words = value; return true;
  }
  if (!range) return false;
  term.low = range->low;
  term.high = range->high;
  return true;
}

// Full-width signs as ASCII ones; × and curly quotes as what they stand for.
std::string plain_signs(std::string_view text) {
  std::u32string wide = decode_utf8(text);
  for (char32_t& c : wide) {
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
    if (c == U'×') c = U'x';
    if (c == 0x201C || c == 0x201D) c = U'"';
    if (c == U'、' || c == U'，' || is_space(c)) c = U' ';
  }
  return encode_utf8(wide);
}

// Reads terms one after the other off the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::optional<SearchTerm> next() {
    rest_ = trimmed_front(rest_);
    if (rest_.empty()) return {};
    SearchTerm term;
    if (rest_.front() == '-') {
      term.is_excluded = true;
      rest_.remove_prefix(1);
    }
    const std::string_view name = rest_.substr(0, std::min(rest_.find_first_of(": ,\""), rest_.size()));
    const auto* const known =
        std::ranges::find(kFieldNames, ascii_lower(name), [](const FieldName& row) { return std::string(row.name); });
    if (rest_.substr(name.size()).starts_with(':') && known != kFieldNames.end()) {
      rest_.remove_prefix(name.size() + 1);
      term.field = known->field;
    }
    const std::string value = take_value(term);
    if (!read_value(term, value)) {  // words after all
      term.field = Field::kAny;
      term.words = value.empty() ? std::string() : std::string(name) + ' ' + value;
    }
    return term;
  }

 private:
  static std::string_view trimmed_front(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" ,"), text.size()));
    return text;
  }

  // Up to the next separator, or in quotes; a missing closing quote is still being typed.
  std::string take_value(SearchTerm& term) {
    const bool is_quoted = rest_.starts_with('"');
    if (is_quoted) rest_.remove_prefix(1);
    const std::size_t end = std::min(rest_.find_first_of(is_quoted ? "\"" : " ,"), rest_.size());
    const std::string value(rest_.substr(0, end));
    term.is_whole = is_quoted && end < rest_.size();
    rest_.remove_prefix(std::min(end + (is_quoted ? 1 : 0), rest_.size()));
    return value;
  }

  std::string_view rest_;
};

}  // namespace

std::vector<SearchTerm> parse_search_text(std::string_view text) {
  const std::string plain = plain_signs(text.substr(0, kLongestText));
  Reader reader(plain);
  std::vector<SearchTerm> terms;
  while (terms.size() < kMostTerms) {
    const auto term = reader.next();
    if (!term) break;
    const bool is_number = term->field == Field::kSeed || term->field == Field::kRating ||
                           term->field == Field::kDate || term->field == Field::kJob;
    if (is_number || !term->words.empty()) terms.push_back(*term);
  }
  return terms;
}

}  // namespace fude::service
