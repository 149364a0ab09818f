#include "prompt/decimal.h"

#include <charconv>
#include <limits>
#include <string>

#include "core/unicode.h"

namespace fude::prompt {

std::optional<double> parse_decimal(std::u32string_view text) {
  const bool is_negative = text.starts_with(U'-');
  if (is_negative || text.starts_with(U'+')) text.remove_prefix(1);
  std::string ascii;
  bool is_large = false;  // decides what a number out of range is
  for (char32_t c : text) {
    constexpr std::u32string_view kOthers = U".eE+-";
    const int digit = digit_value(c);
    if (digit < 0 && kOthers.find(c) == kOthers.npos) return std::nullopt;
    is_large = is_large || (digit > 0 && ascii.find('.') == ascii.npos);
    ascii.push_back(digit < 0 ? static_cast<char>(c) : static_cast<char>('0' + digit));
  }
  if (ascii.empty() || ascii[0] == '-') return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(ascii.data(), ascii.data() + ascii.size(), value);
  if (end != ascii.data() + ascii.size() || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) value = is_large ? std::numeric_limits<double>::infinity() : 0;
  return is_negative ? -value : value;
}

}  // namespace fude::prompt
