#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace fude {

/// Number of single-character insertions, deletions, replacements and swaps of neighbours between two names, ignoring
/// ASCII case (optimal string alignment distance; bytes count as characters).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The name a mistyped `text` most likely meant, or an empty view when none is near (a third of the length, at least
/// 1). The view points into `names`.
std::string_view nearest_name(std::string_view text, std::span<const std::string_view> names);

/// The end of an error message: ", did you mean 'X'?" or an empty string when no name is near.
std::string did_you_mean(std::string_view text, std::span<const std::string_view> names);

}  // namespace fude
