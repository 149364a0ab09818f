#include "pipelines/comparison/axis_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>

#include "core/ascii.h"
#include "core/error.h"

namespace fude::pipelines::comparison {
namespace {

constexpr std::string_view kSpaces = " \t\r\n\f\v";
constexpr std::string_view kDigits = "0123456789";

std::string without_ends(std::string_view text) { return std::string(trimmed(text, kSpaces)); }

void check_count(std::size_t count) {
  if (count > kMostAxisValues) {
    fail(ErrorCode::kInvalidArgument, "an axis has more values than {}, expected fewer", kMostAxisValues);
  }
}

/// Walks through a list, one entry at a time.
class ListReader {
 public:
  explicit ListReader(std::string_view text) : text_(text) {}

  std::vector<std::string> read() {
    std::vector<std::string> entries;
    while (place_ < text_.size()) {
      if (skip_empty_line()) continue;
      entries.push_back(entry());
      check_count(entries.size());
    }
    if (ends_in_comma_) entries.emplace_back();
    return entries;
  }

 private:
  // An empty line after a comma is that comma's empty entry.
  bool skip_empty_line() {
    if (ends_in_comma_) return false;
    const std::size_t end = text_.find_first_not_of(" \t\r\f\v", place_);
    if (end != text_.npos && text_[end] != '\n') return false;
    place_ = end == text_.npos ? text_.size() : end + 1;
    return true;
  }

  std::string entry() {
    const std::size_t first = text_.find_first_not_of(" \t", place_);
    std::string found;
    if (first != text_.npos && text_[first] == '"') {
      place_ = first + 1;
      found = quoted();
    }
    const std::size_t end = std::min(text_.find_first_of(",\n", place_), text_.size());
    found += text_.substr(place_, end - place_);
    ends_in_comma_ = end < text_.size() && text_[end] == ',';
    place_ = end + 1;
    return without_ends(found);
  }

  std::string quoted() {
    std::string found;
    for (; place_ < text_.size(); ++place_) {
      if (text_[place_] == '"') {
        ++place_;
        if (place_ >= text_.size() || text_[place_] != '"') return found;
      }
      found += text_[place_];
    }
    return found;
  }

  std::string_view text_;
  std::size_t place_ = 0;
  bool ends_in_comma_ = false;
};

template <typename Number>
std::optional<Number> number_from(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  if constexpr (std::is_floating_point_v<Number>) {
    if (!std::isfinite(number)) return std::nullopt;
  }
  return number;
}

template <typename Number>
struct Range {
  Number first{};
  Number last{};
  std::optional<Number> step{};            // "(+2)"
  std::optional<std::int64_t> count = {};  // "[5]"
};

// What stands in brackets at the end of `text`, which then ends before them.
std::optional<std::string> take_brackets(std::string_view& text, char open, char close) {
  if (!text.ends_with(close)) return std::nullopt;
  const std::size_t start = text.rfind(open);
  if (start == text.npos || start == 0) return std::nullopt;
  std::string inside = without_ends(text.substr(start + 1, text.size() - start - 2));
  text = text.substr(0, text.find_last_not_of(kSpaces, start - 1) + 1);
  return inside;
}

/// "first-last", "first-last (+step)", "first-last [count]"; absent when the text is none of these.
template <typename Number>
std::optional<Range<Number>> parse_range(std::string_view text) {
  Range<Number> range;
  if (const auto step = take_brackets(text, '(', ')')) {
    if (!step->starts_with('+') && !step->starts_with('-')) return std::nullopt;  // the sign is part of the syntax
    range.step = number_from<Number>(*step);
    if (!range.step) return std::nullopt;
  } else if (const auto count = take_brackets(text, '[', ']')) {
    range.count = number_from<std::int64_t>(*count);
    if (!range.count) return std::nullopt;
  }
  // The dash between the two is the first one behind a digit: those before it are signs.
  const std::size_t digit = text.find_first_of(kDigits);
  const std::size_t dash = digit == text.npos ? text.npos : text.find('-', digit);
  if (dash == text.npos) return std::nullopt;
  const auto first = number_from<Number>(trimmed(text.substr(0, dash), kSpaces));
  const auto last = number_from<Number>(trimmed(text.substr(dash + 1), kSpaces));
  if (!first || !last) return std::nullopt;
  range.first = *first;
  range.last = *last;
  return range;
}

double rounded(double value) {
  // Beyond this there are no 8 digits after the point to round.
  if (std::abs(value) > 1e7) return value;
  const double near = std::round(value * 1e8) / 1e8;
  return near == 0 ? 0 : near;  // no "-0"
}

std::string written(std::int64_t value) { return fmt::format("{}", value); }
std::string written(double value) { return fmt::format("{}", rounded(value)); }

void check_range(double count, std::string_view entry) {
  if (!(count >= 1)) {
    fail(ErrorCode::kInvalidArgument, "the range '{}' holds no value; a falling one needs its step: 10-1 (-1)",
         printable(entry, 60));
  }
  if (count > static_cast<double>(kMostAxisValues)) {
    fail(ErrorCode::kInvalidArgument, "the range '{}' holds {:.0f} values, expected at most {}", printable(entry, 60),
         count, kMostAxisValues);
  }
}

// Ranges of seeds beyond what doubles count one by one are no use to anybody.
void check_exact(std::initializer_list<double> numbers, std::string_view entry) {
  constexpr double kLargest = 9007199254740992.0;  // 2^53
  for (const double number : numbers) {
    if (std::abs(number) > kLargest) {
      fail(ErrorCode::kInvalidArgument, "the range '{}' has a number beyond {:.0f}", printable(entry, 60), kLargest);
    }
  }
}

// How many values lie between first and `end`, without it. What differs by rounding only is the same.
double count_before(double first, double end, double step) {
  constexpr double kRounding = 1e-6;
  return step == 0 ? 0 : std::ceil((end - first) / step - kRounding);
}

template <typename Number>
void add_range(const Range<Number>& range, std::string_view entry, std::vector<std::string>& values) {
  const auto first = static_cast<double>(range.first), last = static_cast<double>(range.last);
  const auto step = static_cast<double>(range.step.value_or(1));
  if constexpr (std::is_integral_v<Number>) check_exact({first, last, step}, entry);
  if (range.count) {
    check_range(static_cast<double>(*range.count), entry);
    const double gap = *range.count > 1 ? (last - first) / static_cast<double>(*range.count - 1) : 0;
    for (std::int64_t i = 0; i < *range.count; ++i) {
      // The last one exactly: rounding must not cut a whole number off to the one below.
      const double value = i > 0 && i + 1 == *range.count ? last : rounded(first + gap * static_cast<double>(i));
      values.push_back(written(static_cast<Number>(value)));
    }
    return;
  }
  // Whole ranges end before last + 1 whatever the step is, the others before last + step.
  const double count = count_before(first, last + (std::is_integral_v<Number> ? 1 : step), step);
  check_range(count, entry);
  for (int i = 0; i < static_cast<int>(count); ++i) {
    values.push_back(written(static_cast<Number>(range.first + static_cast<Number>(i) * range.step.value_or(1))));
  }
}

template <typename Number>
void add_entry(std::string_view entry, std::vector<std::string>& values) {
  if (entry.empty()) return;
  if (const auto number = number_from<Number>(entry)) {
    values.push_back(written(*number));
    return;
  }
  if (const auto range = parse_range<Number>(entry)) {
    add_range(*range, entry, values);
    return;
  }
  fail(ErrorCode::kInvalidArgument, "'{}' is no {}, expected one, or a range such as {}", printable(entry, 60),
       std::is_integral_v<Number> ? "whole number" : "number",
       std::is_integral_v<Number> ? "1-5, 1-5 (+2) or 1-10 [5]" : "0-1 (+0.25) or 0-1 [6]");
}

}  // namespace

std::vector<std::string> split_values(std::string_view text) { return ListReader(text).read(); }

std::vector<std::string> expand_values(ValueKind kind, std::string_view text) {
  std::vector<std::string> entries = split_values(text);
  if (kind == ValueKind::kText) return entries;
  std::vector<std::string> values;
  for (const std::string& entry : entries) {
    kind == ValueKind::kWhole ? add_entry<std::int64_t>(entry, values) : add_entry<double>(entry, values);
    check_count(values.size());
  }
  return values;
}

std::vector<std::vector<std::string>> permutations(const std::vector<std::string>& fragments) {
  constexpr std::size_t kMostFragments = 6;  // 720 orders
  if (fragments.size() > kMostFragments) {
    fail(ErrorCode::kInvalidArgument, "{} fragments have too many orders, expected at most {}", fragments.size(),
         kMostFragments);
  }
  std::vector<std::size_t> places(fragments.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::vector<std::vector<std::string>> orders;
  do {
    std::vector<std::string>& order = orders.emplace_back();
    for (const std::size_t place : places) order.push_back(fragments[place]);
  } while (std::ranges::next_permutation(places).found);
  return orders;
}

}  // namespace fude::pipelines::comparison
