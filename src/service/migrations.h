#pragma once

#include <span>
#include <string_view>

namespace fude::service {

/// The steps that lead from an empty file to today's tables, each a list of SQL statements. PRAGMA user_version says
/// how many of them a database has seen. A step that was ever released is never changed: a change is a new step at the
/// end.
std::span<const std::string_view> migrations();

}  // namespace fude::service
