#include "service/search_expression.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "service/picture_words.h"
#include "service/search_text.h"

namespace fude::service {
namespace {

using Field = SearchTerm::Field;

constexpr int kMostStars = 5;

std::string quoted(std::string_view word) { return fmt::format("\"{}\"", word); }

// What no picture has.
std::string nothing() { return quoted(key_word(KeyKind::kRating, "none")); }

std::string everything() { return quoted(key_word(KeyKind::kAny, "")); }

std::string_view column_of(Field field) {
  switch (field) {
    case Field::kPrompt: return "prompt : ";
    case Field::kNegative: return "negative : ";
    case Field::kModel: return "model : ";
    case Field::kAdapter: return "adapters : ";
    case Field::kTag: return "tags : ";
    case Field::kNote: return "note : ";
    case Field::kFile: return "file : ";
    default: return "";
  }
}

// Empty: words of which nothing is left, such as "!!!".
std::string match_words(const SearchTerm& term) {
  const WordSequence sequence = searched_words(term.words, term.is_whole);
  if (sequence.words.empty()) return {};
  return fmt::format("({}\"{}\"{})", column_of(term.field), fmt::join(sequence.words, " "),
                     sequence.is_open ? " *" : "");
}

std::string match_rating(std::int64_t low, std::int64_t high) {
  std::vector<std::string> words;
  for (std::int64_t stars = std::max<std::int64_t>(low, 0); stars <= std::min<std::int64_t>(high, kMostStars);
       ++stars) {
    words.push_back(quoted(key_word(KeyKind::kRating, std::to_string(stars))));
  }
  return words.empty() ? nothing() : fmt::format("({})", fmt::join(words, " OR "));
}

std::string match_of(const SearchTerm& term) {
  switch (term.field) {
    case Field::kSeed: return quoted(key_word(KeyKind::kSeed, std::to_string(term.low)));
    case Field::kJob: return quoted(key_word(KeyKind::kJob, std::to_string(term.low)));
    case Field::kSize: return quoted(key_word(KeyKind::kSize, term.words));
    case Field::kRating: return match_rating(term.low, term.high);
    default: return match_words(term);
  }
}

void narrow(TimeRange& range, std::int64_t low, std::int64_t high) {
  range.low = std::max(range.low, low);
  range.high = std::min(range.high, high);
}

std::string joined(const std::vector<std::string>& wanted, const std::vector<std::string>& unwanted) {
  if (wanted.empty() && unwanted.empty()) return {};
  const std::string all = wanted.empty() ? everything() : fmt::format("{}", fmt::join(wanted, " AND "));
  if (unwanted.empty()) return all;
  return fmt::format("({}) NOT ({})", all, fmt::join(unwanted, " OR "));
}

}  // namespace

SearchExpression search_expression(const PictureQuery& query) {
  SearchExpression expression;
  std::vector<std::string> wanted, unwanted;
  const auto want_key = [&](KeyKind kind, const std::string& value) {
    if (!value.empty()) wanted.push_back(quoted(key_word(kind, value)));
  };
  want_key(KeyKind::kModel, query.model);
  want_key(KeyKind::kAdapter, query.adapter);
  want_key(KeyKind::kTag, query.tag);
  if (query.seed) want_key(KeyKind::kSeed, std::to_string(*query.seed));
  if (query.min_rating > 0) wanted.push_back(match_rating(query.min_rating, kMostStars));
  if (query.from > 0) narrow(expression.created, query.from, expression.created.high);
  if (query.until > 0) narrow(expression.created, 0, query.until - 1);
  for (const SearchTerm& term : parse_search_text(query.text)) {
    if (term.field == Field::kDate) {
      if (term.is_excluded) {
        expression.not_created.push_back({term.low, term.high});
      } else {
        narrow(expression.created, term.low, term.high);
      }
      continue;
    }
    const std::string match = match_of(term);
    if (!match.empty()) (term.is_excluded ? unwanted : wanted).push_back(match);
  }
  expression.match = joined(wanted, unwanted);
  return expression;
}

std::string match_with_rating(const std::string& match, int low, int high) {
  return match.empty() ? match_rating(low, high) : fmt::format("({}) AND {}", match, match_rating(low, high));
}

}  // namespace fude::service
