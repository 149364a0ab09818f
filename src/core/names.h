#pragma once

#include <string_view>

namespace fude {

/// Equal when ASCII letters' case is ignored.
bool same_name(std::string_view left, std::string_view right);

/// Ends with `suffix` when ASCII letters' case is ignored.
bool ends_with_name(std::string_view text, std::string_view suffix);

}  // namespace fude
