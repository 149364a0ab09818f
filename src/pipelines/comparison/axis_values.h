#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fude::pipelines::comparison {

/// What the values of an axis are, which decides what may be written for them.
enum class ValueKind { kWhole, kReal, kText };

/// More values along one axis are refused.
inline constexpr std::size_t kMostAxisValues = 1000;

/// The entries of a list as people write it: parted by commas and line breaks, white space around them taken off.
/// "quotes" keep commas, "" in them is a quote; a quote that is never closed reaches to the end. Empty lines are no
/// entries, but an entry between two commas may be empty. Throws Error(kInvalidArgument) for more than kMostAxisValues.
std::vector<std::string> split_values(std::string_view text);

/// The values that a list stands for, in its order, by the web UI's rules; an entry that is no range is a value.
///
///     whole numbers  "1-5" 1 2 3 4 5     "1-5 (+2)" 1 3 5           "10-5 (-3)" 10 7 (stops before 6, as there)
///                    "1-10 [5]" 1 3 5 7 10 (evenly spread, fractions cut off)
///     numbers        "0-1 (+0.25)" 0 0.25 0.5 0.75 1 (up to, without, last + step)      "0-1 [6]" 0 0.2 .. 1
///     texts          as they are
///
/// Numbers are rounded to 8 digits after the point: 0-1 (+0.1) has 0.3 and ends with 1. Empty entries of numbers are
/// left out. Throws Error(kInvalidArgument): an entry that is no number, a range without values, too many values.
std::vector<std::string> expand_values(ValueKind kind, std::string_view text);

/// All orders of up to 6 fragments, in the order itertools has them (the fragments' own order first). Throws
/// Error(kInvalidArgument) for more fragments, whose orders would be more than kMostAxisValues.
std::vector<std::vector<std::string>> permutations(const std::vector<std::string>& fragments);

}  // namespace fude::pipelines::comparison
