#pragma once

#include <algorithm>
#include <string_view>

namespace fude {

/// Equal when ASCII letters' case is ignored.
bool same_name(std::string_view left, std::string_view right);

/// Ends in a space and `name` when ASCII letters' case is ignored: "Euler KARRAS" in "Karras", "EulerKarras" and
/// "Karras" not. No text ends in an empty name.
bool ends_with_name(std::string_view text, std::string_view name);

/// Whether a table's entry goes by `name`: its id, its label or one of its aliases, in any case. None goes by an empty
/// name, so that unused places in a list of aliases may be empty.
template <typename Entry>
bool is_called(const Entry& entry, std::string_view name) {
  if (name.empty()) return false;
  return same_name(name, entry.id) || same_name(name, entry.label) ||
         std::ranges::any_of(entry.aliases, [&](std::string_view alias) { return same_name(name, alias); });
}

}  // namespace fude
