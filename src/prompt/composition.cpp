#include "prompt/composition.h"

#include <optional>

#include "core/unicode.h"
#include "prompt/decimal.h"

namespace fude::prompt {
namespace {

constexpr std::u32string_view kAnd = U"AND";

std::u32string_view without_trailing_spaces(std::u32string_view text) {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// A weight is written with digits and a point only, no exponent.
std::optional<double> parse_weight(std::u32string_view text) {
  if (text.find_first_of(U"eE") != text.npos) return std::nullopt;
  return parse_decimal(text);
}

WeightedText read_part(std::u32string_view text) {
  text = without_trailing_spaces(text);
  const std::size_t colon = text.rfind(U':');
  if (colon == text.npos) return {encode_utf8(text), 1.0};
  std::u32string_view number = text.substr(colon + 1);
  while (!number.empty() && is_space(number.front())) number.remove_prefix(1);
  const auto weight = parse_weight(number);
  if (!weight) return {encode_utf8(text), 1.0};
  return {encode_utf8(without_trailing_spaces(text.substr(0, colon))), *weight};
}

}  // namespace

std::vector<WeightedText> split_composition(std::string_view text) {
  const std::u32string wide = decode_utf8(text);
  const std::u32string_view view = wide;
  std::vector<WeightedText> parts;
  std::size_t begin = 0;
  for (std::size_t i = view.find(kAnd); i != view.npos; i = view.find(kAnd, i + kAnd.size())) {
    const std::size_t end = i + kAnd.size();
    const bool starts = i == 0 || !is_word_character(view[i - 1]);
    const bool ends = end == view.size() || !is_word_character(view[end]);
    if (!starts || !ends) continue;
    parts.push_back(read_part(view.substr(begin, i - begin)));
    begin = end;
  }
  parts.push_back(read_part(view.substr(begin)));
  return parts;
}

}  // namespace fude::prompt
