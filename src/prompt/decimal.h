#pragma once

#include <optional>
#include <string_view>

namespace fude::prompt {

/// The number that the whole of `text` writes: an optional sign, digits of any script with at most one point and at
/// least one digit, an optional exponent. Nothing when it is no such number. Too large a number is infinite.
std::optional<double> parse_decimal(std::u32string_view text);

}  // namespace fude::prompt
